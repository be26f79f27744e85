// Which addresses notices are sent to. A phone names its own, so only push services that are known are asked: nobody makes this
// server call an address of their choice.

/** Of the browsers people use. A host and everything below it. */
const services = ['fcm.googleapis.com', 'push.services.mozilla.com', 'web.push.apple.com', 'notify.windows.com'];

/** `more`: hosts with a port, of an installation's own push service. Without TLS only on this very machine. */
export function isPushEndpoint(endpoint: string, more: readonly string[]): boolean {
  if (!URL.canParse(endpoint)) return false;
  const url = new URL(endpoint);
  if (url.username !== '' || url.password !== '' || url.hash !== '') return false;
  if (more.includes(url.host)) return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  return url.protocol === 'https:' && url.port === '' && services.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));
}

const isLoopback = (hostname: string): boolean => hostname === 'localhost' || hostname === '[::1]' || /^127(\.[0-9]{1,3}){3}$/.test(hostname);
