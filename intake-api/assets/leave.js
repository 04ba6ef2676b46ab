// 快速离开: the page is replaced, so that "back" does not show it again. Without this script the link still leaves.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("a.leave");
  if (!link) return;
  event.preventDefault();
  document.body.hidden = true;
  location.replace(link.href);
});
