// The pages as plain links; the one that was clicked is marked at once, before the server has answered.
function follow(event, link, nav) {
  if (!visit(event, link)) return;
  mark(nav, link);
  leave();
}

function mark(nav, current) {
  for (const link of nav.querySelectorAll("a"))
    if (link === current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
}

// On a phone the sidebar covers the page that was asked for.
function leave() {
  if (!window.matchMedia("(max-width: 768px)").matches) return;
  document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
}

function list(section, number, nav) {
  const head = section.head ? Object.assign(document.createElement("span"), { className: "head", id: `rc-nav-${number}`, textContent: section.head }) : null;
  const pages = document.createElement("ul");
  if (head) pages.setAttribute("aria-labelledby", head.id);
  for (const [path, label] of section.pages) {
    const link = Object.assign(document.createElement("a"), { textContent: label });
    link.dataset.path = path;
    link.onclick = (event) => follow(event, link, nav);
    const item = document.createElement("li");
    item.append(link);
    pages.append(item);
  }
  return head ? [head, pages] : [pages];
}

export default function ({ data: [data], parentElement }) {
  const nav = parentElement.querySelector("nav");
  nav.setAttribute("aria-label", data.label);
  const shape = JSON.stringify(data.sections);
  if (nav.shape !== shape) { // the links stay the same elements while only their addresses change: focus stays
    nav.replaceChildren(...data.sections.flatMap((section, number) => list(section, number, nav)));
    nav.shape = shape;
  }
  for (const link of nav.querySelectorAll("a")) link.href = `/${link.dataset.path}${data.query}`;
  mark(nav, [...nav.querySelectorAll("a")].find((link) => link.dataset.path === data.current));
}
