// One question to a process of this instance: are you ready?
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

const answerTimeoutMs = 3_000;

export async function isHealthy(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  return new Promise((resolve) => {
    // The certificate is the operator's own and its name need not be the loopback's: nothing secret is asked.
    const options = { headers, timeout: answerTimeoutMs, rejectUnauthorized: false };
    const ask = url.startsWith('https:') ? requestHttps : requestHttp;
    const question = ask(url, options, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    question.once('timeout', () => question.destroy(new Error('no answer')));
    question.once('error', () => resolve(false));
    question.end();
  });
}
