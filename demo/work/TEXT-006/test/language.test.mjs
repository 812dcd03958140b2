import assert from 'node:assert/strict';
import { test } from 'node:test';
import { language } from '../src/language.mjs';

test('tells English, German and French', () => {
  assert.equal(language('the cat and the dog'), 'English');
  assert.equal(language('der Hund und die Katze'), 'German');
  assert.equal(language('le chien et le chat'), 'French');
});
