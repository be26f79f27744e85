// The phone's service worker: shows what the server sends while the page is closed, and opens the page when it is touched. It keeps
// nothing and answers no request of the page.
self.addEventListener('push', (event) => {
  const { title, body, tag, lang } = event.data?.json() ?? {};
  if (title) event.waitUntil(self.registration.showNotification(title, { body, tag, lang, icon: '/favicon.svg' }));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openPhone());
});

async function openPhone() {
  const pages = await self.clients.matchAll({ type: 'window' });
  const page = pages.find(({ url }) => new URL(url).pathname.startsWith('/phone/'));
  return page ? page.focus() : self.clients.openWindow('/phone/');
}
