import { expect, it } from 'vitest';
import { isPushEndpoint } from './endpoint.ts';

it.each([
  ['https://fcm.googleapis.com/fcm/send/abc:def', true],
  ['https://updates.push.services.mozilla.com/wpush/v2/abc', true],
  ['https://web.push.apple.com/QAbc', true],
  ['https://db5p.notify.windows.com/w/?token=abc', true],
  ['http://fcm.googleapis.com/fcm/send/abc', false],
  ['https://fcm.googleapis.com:8443/fcm/send/abc', false],
  ['https://fcm.googleapis.com.evil.example/x', false],
  ['https://evilfcm.googleapis.com.example/x', false],
  ['https://user:secret@fcm.googleapis.com/x', false],
  ['https://notify.windows.com@10.0.0.1/x', false],
  ['https://169.254.169.254/latest/meta-data', false],
  ['http://127.0.0.1:9/x', false],
  ['http://127.0.0.1:7777/x', true],
  ['https://push.example.org:7777/x', true],
  ['http://push.example.org:7777/x', false],
  ['file:///etc/passwd', false],
  ['', false],
])('%s: %s', (endpoint, allowed) => {
  expect(isPushEndpoint(endpoint, ['127.0.0.1:7777', 'push.example.org:7777'])).toBe(allowed);
});
