// One build, one entry for each page. No inline scripts and no outside requests, so that a strict content security
// policy holds; the neural-net runtime and the detector's weights are served from here as well.
import { resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { models } from './build/models.ts';

const entry = (path: string): string => resolve(import.meta.dirname, path);

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss(), models()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // Inlined assets would be data: addresses, which the policy does not allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      input: {
        landing: entry('index.html'),
        kiosk: entry('kiosk/index.html'),
        phone: entry('phone/index.html'),
        desk: entry('desk/index.html'),
        outbox: entry('sandbox/outbox/index.html'),
        operator: entry('operator/index.html'),
      },
    },
  },
});
