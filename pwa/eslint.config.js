// Lint rules for TypeScript and Svelte. Not: types, which svelte-check judges.
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

// One owner per tool: whoever else imports it is told where the owner is.
const owners = {
  yjs: ['src/sync/document.ts', 'tests/**'],
  idb: ['src/sync/store.ts', 'tests/**'],
  canonicalize: ['src/sync/save.ts', 'tests/**'],
  'hash-wasm': ['src/auth/argon2.ts'],
  '@noble/ciphers/aes.js': ['src/seal/envelope.ts'],
  '@noble/hashes/hmac.js': ['src/seal/keys.ts'],
  cborg: ['src/sync/pull.ts', 'tests/**']
};

export default ts.config(
  { ignores: ['dist/', 'dev-dist/', 'node_modules/', 'src/generated/'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      'no-console': 'error',
      'no-undef': 'off',
      'no-restricted-globals': ['error', { name: 'fetch', message: 'src/network.ts is the only owner of fetch.' }],
      'no-restricted-imports': [
        'error',
        { paths: Object.keys(owners).map((name) => ({ name, message: `Its only owner is ${owners[name][0]}.` })) }
      ],
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // Maps and sets are replaced as a whole, not changed in place, where a screen watches them.
      'svelte/prefer-svelte-reactivity': 'off',
      // Paths are plain strings here; there is no SvelteKit to resolve them.
      'svelte/no-navigation-without-resolve': 'off'
    }
  },
  ...Object.entries(owners).map(([name, files]) => ({
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: Object.keys(owners).filter((other) => other !== name).map((other) => ({ name: other, message: `Its only owner is ${owners[other][0]}.` })) }
      ]
    }
  })),
  { files: ['tests/**'], rules: { 'no-restricted-imports': 'off', 'no-restricted-globals': 'off' } },
  { files: ['src/network.ts'], rules: { 'no-restricted-globals': 'off' } },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } }
);
