import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRedaction, type Redaction, type Secret } from '../../lib/process/redact.js';
import { plainText } from '../../lib/process/plain-text.js';

const KEY: Secret = { name: 'key-1', value: 'sk-ant-api03-Qz7/Lw+9vT"x\\k2Jd_8mNb=' };
const OTHER: Secret = { name: 'key-2', value: 'sk-ant-api03-uR4yPf6HsE1cXg5oWtAk' };

const redactionOf = (...secrets: readonly Secret[]): Redaction => {
  const redaction = createRedaction(secrets);
  if (!redaction) throw new Error('nothing to keep secret');
  return redaction;
};

/** What may be seen of bytes that come in pieces cut at these places. */
function shown(redaction: Redaction, bytes: Buffer, cuts: readonly number[] = []): Buffer {
  const at = [...cuts.map((cut) => cut % (bytes.length + 1)), 0, bytes.length].sort(
    (one, other) => one - other,
  );
  const stream = redaction.stream();
  const seen = at.slice(1).map((end, index) => stream.add(bytes.subarray(at[index], end)));
  return Buffer.concat([...seen, stream.end()]);
}

/** The longest part of `form` that is in the text, in characters. */
function longestPart(text: string, form: string): number {
  let longest = 0;
  for (let from = 0; from < form.length; from += 1) {
    while (from + longest < form.length && text.includes(form.slice(from, from + longest + 1))) {
      longest += 1;
    }
  }
  return longest;
}

/** Whether what follows belongs to an escape that begins in the text. */
const isInEscape = (text: string) =>
  text.lastIndexOf('m') < Math.max(text.lastIndexOf('\\'), text.lastIndexOf('\u001b'));

const percent = (text: string, spell: (hex: string) => string) =>
  [...Buffer.from(text)].map((byte) => `%${spell(byte.toString(16).padStart(2, '0'))}`).join('');

/** Encodings, each with what of it must not be seen. */
const ENCODINGS: Readonly<Record<string, (value: string) => string>> = {
  plain: (value) => value,
  hex: (value) => Buffer.from(value).toString('hex'),
  'upper-case hex': (value) => Buffer.from(value).toString('hex').toUpperCase(),
  base64: (value) => Buffer.from(value).toString('base64').replace(/=*$/, ''),
  'base64 behind one byte': (value) => Buffer.from(`:${value}`).toString('base64').slice(2),
  'base64 behind two bytes': (value) => Buffer.from(`a:${value}`).toString('base64').slice(3),
  base64url: (value) => Buffer.from(value).toString('base64url'),
  'base64url behind one byte': (value) => Buffer.from(`:${value}`).toString('base64url').slice(2),
  'base64url behind two bytes': (value) => Buffer.from(`a:${value}`).toString('base64url').slice(3),
  'a part of a URL': encodeURIComponent,
  'percent-encoded whole': (value) => percent(value, (hex) => hex.toUpperCase()),
  'percent-encoded whole in lower case': (value) => percent(value, (hex) => hex),
  JSON: (value) => JSON.stringify(value).slice(1, -1),
  'JSON with every character escaped': (value) =>
    Array.from(value)
      .map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  'JSON with escaped slashes': (value) => JSON.stringify(value).slice(1, -1).replaceAll('/', '\\/'),
  'bytes of a Python string': (value) =>
    [...Buffer.from(value)].map((byte) => `\\x${byte.toString(16)}`).join(''),
};

const CHARACTERS = Array.from(
  'ABCDEFGHJKMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789+/=-_."\\',
);
const secretValues = fc
  .array(fc.constantFrom(...CHARACTERS), { minLength: 8, maxLength: 80 })
  .map((characters) => characters.join(''));
/** Text in which no secret stands: of characters that none has. */
const surroundings = fc
  .array(fc.constantFrom(' ', '\n', '\r\n', '{', 'ü', '% ', '\u001b[31m', ':', '\t'), {
    maxLength: 20,
  })
  .map((characters) => characters.join(''));
const cuts = fc.array(fc.nat(), { maxLength: 6 });

describe('a secret in an output', () => {
  test.each(Object.entries(ENCODINGS))(
    '003-7.1 does not survive as %s, however it comes',
    (_, encode) => {
      fc.assert(
        fc.property(
          secretValues,
          surroundings,
          surroundings,
          cuts,
          (value, before, after, places) => {
            const form = encode(value);
            const bytes = Buffer.from(`${before}${form}${after}`);
            const seen = shown(redactionOf({ name: 'k', value }), bytes, places).toString();
            expect(longestPart(seen, form)).toBeLessThan(8);
            expect(longestPart(seen, value)).toBeLessThan(8);
          },
        ),
      );
    },
  );

  test('003-7.1 no part of it survives, wherever it is cut off', () => {
    fc.assert(
      fc.property(secretValues, fc.nat(), fc.nat(), cuts, (value, from, length, places) => {
        const start = from % value.length;
        const part = value.slice(start, start + 1 + (length % value.length));
        const seen = shown(redactionOf({ name: 'k', value }), Buffer.from(`<${part}>`), places);
        if (part.length < 8) expect(seen.toString()).toBe(`<${part}>`);
        else expect(seen.toString()).toBe('<[k]>');
      }),
    );
  });

  test('003-7.1 broken over lines or by colours it does not survive', () => {
    const between = fc.array(
      fc.constantFrom('\n', '\r\n', '\u001b[1;31m', '\u001b[m', '\\n', '\\u001b[0m'),
    );
    // A backslash of its own would read as the beginning of an escape.
    const values = secretValues.filter((value) => !value.includes('\\'));
    fc.assert(
      fc.property(values, between, fc.array(fc.nat()), cuts, (value, breaks, at, places) => {
        let text = value;
        breaks.forEach((one, index) => {
          const place = (at[index] ?? 0) % (text.length + 1);
          // Inside an escape it would be another text.
          if (!isInEscape(text.slice(0, place)))
            text = text.slice(0, place) + one + text.slice(place);
        });
        const seen = shown(redactionOf({ name: 'k', value }), Buffer.from(text), places).toString();
        const joined = plainText(seen.replaceAll('\\u001b[0m', '')).replaceAll(/\\n|\n/g, '');
        expect(longestPart(joined, value)).toBeLessThan(8);
      }),
    );
  });
});

test('003-7.1 an output without secrets is the same byte for byte', () => {
  const bytes = fc.uint8Array({ maxLength: 400 }).map((one) => Buffer.from(one));
  fc.assert(
    fc.property(bytes, cuts, (output, places) => {
      expect(shown(redactionOf(KEY, OTHER), output, places).equals(output)).toBe(true);
    }),
  );
});

test('what stands in its place is the name of the key, also where two keys begin alike', () => {
  const redaction = redactionOf(KEY, OTHER);
  expect(redaction.text(`a ${KEY.value} b ${OTHER.value}${KEY.value}\n`)).toBe(
    'a [key-1] b [key-2][key-1]\n',
  );
  expect(redaction.text('see sk-ant-api03- there')).toBe('see [key-1] there');
});

test('JSON stays JSON, and lines stay lines', () => {
  const redaction = redactionOf(KEY);
  const line = JSON.stringify({ text: `the key ${KEY.value} is`, more: [KEY.value] });
  expect(JSON.parse(redaction.text(line))).toEqual({
    text: 'the key [key-1] is',
    more: ['[key-1]'],
  });
  const wrapped = Buffer.from(OTHER.value.repeat(4)).toString('base64').replace(/.{40}/g, '$&\n');
  expect(redactionOf(OTHER).text(`${wrapped}\n`).split('\n')).toHaveLength(
    wrapped.split('\n').length + 1,
  );
});

test('a whole line is never held back, and otherwise only a few bytes', () => {
  const stream = redactionOf(KEY).stream();
  expect(stream.add(Buffer.from('ready\n')).toString()).toBe('ready\n');
  expect(stream.add(Buffer.from('continue? sk-ant')).toString()).toBe('continue?');
  expect(stream.add(Buffer.from('hill\n')).toString()).toBe(' sk-anthill\n');
  const decoded = redactionOf(KEY).stream();
  expect(
    decoded.add(Buffer.from(`${'x'.repeat(200)}${'\\u0078'.repeat(50)}`)).length,
  ).toBeGreaterThanOrEqual(500 - 64);
});

test('a secret written character by character with time between is not seen either', () => {
  const stream = redactionOf(KEY).stream();
  const seen = Array.from(KEY.value, (one) => stream.add(Buffer.from(one)).toString());
  expect([...seen, stream.end().toString()].join('')).toBe('[key-1]');
});

test('a private key of many lines is known by every line of it', () => {
  const value = `-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n`;
  const redaction = redactionOf({ name: 'secret DEPLOY_KEY', value });
  expect(redaction.text(`1: hkiG9w0BAQEFAASC\n`)).toBe('1: [secret DEPLOY_KEY]\n');
  expect(redaction.text(JSON.stringify({ value }))).toBe('{"value":"[secret DEPLOY_KEY]\\n"}');
});

test('without a secret of eight characters there is nothing to look for', () => {
  expect(createRedaction([])).toBeUndefined();
  expect(createRedaction([{ name: 'key-1', value: 'short' }])).toBeUndefined();
});
