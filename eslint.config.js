import tseslint from 'typescript-eslint';
import vue from 'eslint-plugin-vue';
import vueParser from 'vue-eslint-parser';

/** Folder -> cross-folder imports (always written with a # alias) that it may not use. The table is in resources/docs/design.md. */
const forbid = (...names) => names.map((name) => `#${name}/*`);
const all = ['contract', 'domain', 'features', 'station', 'hosts', 'native', 'api', 'ui', 'app', 'tests'];
const only = (...allowed) => forbid(...all.filter((name) => !allowed.includes(name)));
const layers = [
  ['electron/domain/**', only('domain')],
  ['electron/contract/**', only('contract', 'domain')],
  ['native/**', only('native')],
  ['electron/station/**', only('station', 'contract', 'domain', 'native', 'features')],
  ['electron/features/**', only('contract', 'domain', 'native', 'station')],
  ['electron/hosts/**', only('hosts', 'station', 'contract', 'native')],
  ['renderer/api/**', only('api', 'contract', 'domain')],
  ['renderer/ui/**', only('ui', 'api', 'contract', 'domain')],
  ['renderer/features/**', only('api', 'ui', 'app', 'contract', 'domain')],
  ['renderer/app/**', only('app', 'api', 'ui', 'contract', 'domain')],
];
const electronOnly = { name: 'electron', message: 'Only electron/hosts/desktop imports electron.' };
const climbing = {
  regex:
    '^\\.\\./\\.\\./\\.\\./|^\\.\\./(?:[^.]+/)*(?:contract|domain|features|station|hosts|native|renderer)/',
  message: 'Cross a folder border with a # alias, so that the layer rule sees it.',
};
const layerRules = layers.map(([files, group]) => ({
  files: [`${files}/*.ts`, `${files}/*.vue`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: files.startsWith('electron/hosts') ? [] : [electronOnly],
        patterns: [
          { group, message: 'This layer may not import that one (resources/docs/design.md).' },
          climbing,
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['out/**', 'dist/**', 'node_modules/**', 'test-results/**', 'data/**'] },
  ...tseslint.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: {
      parser: vueParser,
      parserOptions: { parser: tseslint.parser, ecmaVersion: 'latest', sourceType: 'module' },
    },
  },
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'vue/multi-word-component-names': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/attributes-order': 'off',
      'vue/require-default-prop': 'off',
    },
  },
  {
    files: ['electron/hosts/launch/**', 'tests/**', 'resources/tools/**', 'native/**/*worker*'],
    rules: { 'no-console': 'off' },
  },
  { files: ['**/*.vue', '**/*.ts'], languageOptions: { globals: {} } },
  ...layerRules,
);
