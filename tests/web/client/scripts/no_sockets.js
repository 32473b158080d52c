window.socketsTried = 0;
window.WebSocket = class {
  static OPEN = 1;

  constructor() {
    window.socketsTried += 1;
    setTimeout(() => this.onclose?.({ code: 1006, reason: "" }), 5);
  }

  close() {}
};
