async () => {
  const { Thread } = await import("/static/client/thread.js");
  const thread = new Thread();
  const rest = { kind: "text", note: false, parts: null, cid: "" };
  const message = (number, kind = "agent") => {
    return { number, text: `t${number}`, at_us: number, author: { kind, name: "" }, ...rest };
  };
  const posted = (number, kind) => {
    return { kind: "message.posted", n: number, data: message(number, kind) };
  };
  const marked = (n, data) => ({ kind: "conversation.marked", n, data });
  const page = (from, to, more) => {
    const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    return { messages: numbers.map((number) => message(number)), more, head: to };
  };
  BODY
}
