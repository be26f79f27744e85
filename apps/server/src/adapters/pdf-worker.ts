// The thread that draws one PDF: pages in with its start, bytes out.
import { parentPort, workerData } from 'node:worker_threads';
import type { Pages } from '../owners/index.ts';
import { loadPdfFonts } from './pdf-fonts.ts';
import { drawPdf } from './pdf-pages.ts';

parentPort?.postMessage(await drawPdf(loadPdfFonts(), workerData as Pages));
