// A host's own script: calls made before the loader has come, as the loader's head describes.
window.violations = [];
addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
(window.BitP = window.BitP || []).push(["on", "unread", (n) => (window.unread = n)]);
