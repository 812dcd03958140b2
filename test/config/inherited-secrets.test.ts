import { expect, test } from '@jest/globals';
import { inheritedSecrets } from '../../lib/config/inherited-secrets.js';

const namesOf = async (variables: Readonly<Record<string, string>>) =>
  (await inheritedSecrets(variables)).map(({ name, value }) => `${name}: ${value}`);

test('003-7.1 variables whose names look secret are, if their values are long enough', async () => {
  expect(
    await namesOf({
      OPENAI_API_KEY: 'sk-12345678',
      npm_config_token: 'abcdefgh',
      DB_PASSWORD: 'hunter2',
      AWS_SECRET_ACCESS_KEY: '/wJalrXUtnFEMI',
      HOME: '/home/somebody',
      LANG: 'en_GB.UTF-8',
    }),
  ).toEqual([
    'secret OPENAI_API_KEY: sk-12345678',
    'secret npm_config_token: abcdefgh',
    'secret AWS_SECRET_ACCESS_KEY: /wJalrXUtnFEMI',
  ]);
});

test('places and addresses are no secrets, but a password in an address is', async () => {
  expect(
    await namesOf({
      GOOGLE_APPLICATION_CREDENTIALS: process.execPath,
      DEPLOY_KEY_FILE: '/run/secrets/deploy',
      TOKEN_URL: 'https://example.org/token',
      GIT_CONFIG_KEY_0: 'safe.directory',
      KEYBOARD_LAYOUT: 'de-nodeadkeys',
      REGISTRY_TOKEN: 'https://me:pa55-w0rd@example.org/',
    }),
  ).toEqual(['secret REGISTRY_TOKEN: me:pa55-w0rd']);
});
