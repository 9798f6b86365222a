// Follows a link to another page as the Back button would: the address changes and Streamlit goes after it, so that
// nothing is loaded anew. A click that wants a new tab or window is the browser's own. Returns whether it was ours.
function visit(event, link) {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return false;
  event.preventDefault();
  window.history.pushState({}, "", link.href);
  window.dispatchEvent(new PopStateEvent("popstate"));
  return true;
}
