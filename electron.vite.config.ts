import { dirname, posix, resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

const at = (path: string): string => resolve(import.meta.dirname, path);

/**
 * `new URL('./worker.ts', import.meta.url)` is how a module names another that runs in a thread. Node 24 takes it as it
 * stands (tests, benches); in the build the named module becomes a chunk of its own and the URL points there.
 */
function modulesByUrl(): Plugin {
  const reference = /new URL\(\s*(['"])(\.{1,2}\/[^'"]+\.ts)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;
  return {
    name: 'guardroom:modules-by-url',
    transform(code, id) {
      if (!code.includes('import.meta.url') || id.includes('node_modules')) return null;
      const rewritten = code.replace(reference, (_all, _quote, path: string) => {
        const chunk = this.emitFile({ type: 'chunk', id: resolve(dirname(id), path) });
        return `new URL('__MODULE_${chunk}__', import.meta.url)`;
      });
      return rewritten === code ? null : { code: rewritten, map: null };
    },
    renderChunk(code, { fileName }) {
      if (!code.includes('__MODULE_')) return null;
      const relative = (chunk: string): string =>
        posix.relative(posix.dirname(fileName), this.getFileName(chunk)).replace(/^(?!\.)/, './');
      return {
        code: code.replace(/__MODULE_([\w$]+?)__/g, (_all, chunk: string) => relative(chunk)),
        map: null,
      };
    },
  };
}

/** Optional packages are looked up at run time, where they are installed. */
const optional = [/^ffmpeg-static$/, /^@ffmpeg-installer\//];

/** Big libraries in files of their own: they change seldom, load in parallel, and only with the screen that needs them. */
const libraries = [
  { name: 'maplibre', test: /node_modules[\\/]maplibre-gl/ },
  { name: 'echarts', test: /node_modules[\\/](echarts|zrender)/ },
  {
    name: 'naive-ui',
    test: /node_modules[\\/](naive-ui|vueuc|vooks|vdirs|css-render|@css-render|seemly|treemate)/,
  },
  { name: 'vue', test: /node_modules[\\/](@vue|vue|pinia|vue-router|vue-i18n|@intlify|@vueuse)[\\/]/ },
];

/** `out/main`: both hosts and the station's process. `out/preload`: one CommonJS file, as the sandbox asks. `out/renderer`. */
export default defineConfig({
  main: {
    plugins: [modulesByUrl()],
    build: {
      sourcemap: true,
      rolldownOptions: {
        external: optional,
        input: {
          desktop: at('electron/hosts/desktop/main.ts'),
          station: at('electron/hosts/desktop/station.ts'),
          web: at('electron/hosts/web/main.ts'),
        },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: { console: at('electron/hosts/desktop/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    plugins: [vue()],
    build: {
      minify: true,
      chunkSizeWarningLimit: 1500,
      rolldownOptions: {
        input: { index: at('renderer/index.html') },
        output: { codeSplitting: { groups: libraries } },
      },
    },
  },
});
