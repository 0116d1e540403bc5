// Shows messages about alarms while no page is open, and leads to the alarm when one is clicked.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data?.json() ?? {};
  } catch {
    said = { body: event.data?.text() };
  }
  const shown = self.registration.showNotification(said.title || "Lineside", {
    body: said.body || "",
    // What happens to an alarm takes the place of what was said of it before, and is heard again.
    tag: said.tag || undefined,
    renotify: !!said.tag,
    requireInteraction: !!said.urgent,
    data: { link: said.link || "/alarms" },
  });
  event.waitUntil(shown);
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  // Whatever a message says, it leads nowhere but to this server.
  const target = new URL(event.notification.data?.link || "/alarms", self.location.origin);
  if (target.origin !== self.location.origin) return;
  event.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((pages) => {
      const page = pages.find((one) => new URL(one.url).pathname === target.pathname) ?? pages[0];
      return page ? page.focus().then((one) => one.navigate(target.href)) : self.clients.openWindow(target.href);
    }),
  );
});
