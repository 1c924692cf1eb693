// A form that is on its way cannot be sent again; the server refuses a second one all the same.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("button[data-once]")) {
    setTimeout(() => { button.disabled = true; });
  }
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[data-once]")) {
    button.disabled = false;
  }
});
