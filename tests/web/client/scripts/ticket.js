async () => {
  const body = JSON.stringify({ inbox: "site" });
  const headers = { "Content-Type": "application/json" };
  const response = await fetch("/chat/ticket", { method: "POST", headers, body });
  return response.json();
}
