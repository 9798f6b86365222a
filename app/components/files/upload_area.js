// Sends each chosen file with PUT to the server's own route, a few at a time, and tells Python the ids at the end.
const AT_ONCE = 3;
const SHOWN = 200;
const JUNK = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|__MACOSX\/.*|\.git\/.*|\._[^/]*)$/;

async function walk(entry, path, found) {
  if (entry.isFile) {
    found.push({ file: await new Promise((ok, no) => entry.file(ok, no)), name: path + entry.name });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const part = await new Promise((ok, no) => reader.readEntries(ok, no));
    if (!part.length) return;
    for (const child of part) await walk(child, path + entry.name + "/", found);
  }
}

async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, name: file.name }));
  const found = [];
  for (const entry of entries) await walk(entry, "", found);
  return found;
}

function row(state, item) {
  const line = document.createElement("li");
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = item.name;
  name.title = item.name;
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", item.name);
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.textContent = state.data.texts.cancel;
  cancel.setAttribute("aria-label", `${state.data.texts.cancel}: ${item.name}`);
  cancel.onclick = () => { item.stopped = true; if (item.request) item.request.abort(); else settle(state, item, "cancelled"); };
  line.append(name, bar, cancel);
  item.line = line;
  item.bar = bar;
  item.cancel = cancel;
  return line;
}

function say(item, text) {
  if (!item.line) return;
  const said = document.createElement("span");
  said.className = "said";
  said.textContent = text;
  item.cancel.replaceWith(said);
}

function settle(state, item, status, answer) {
  if (item.status) return;
  item.status = status;
  item.answer = answer || {};
  if (item.bar) item.bar.value = status === "sent" ? 1 : 0;
  say(item, state.data.texts[status]);
  state.running -= item.request ? 1 : 0;
  pump(state);
}

function send(state, item) {
  const request = new XMLHttpRequest();
  item.request = request;
  state.running += 1;
  request.open("PUT", `${state.data.url}?name=${encodeURIComponent(item.name)}`);
  request.setRequestHeader("X-Upload-Token", state.data.token);
  request.upload.onprogress = (event) => { if (item.bar && event.total) item.bar.value = event.loaded / event.total; };
  request.onabort = () => settle(state, item, "cancelled");
  request.onerror = () => settle(state, item, "failed", { code: "upload_broke_off" });
  request.onload = () => {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { answer = {}; }
    settle(state, item, request.status === 200 ? "sent" : "failed", answer);
  };
  request.send(item.file);
}

function pump(state) {
  if (!state.data.url || !state.items.length) return;
  const waiting = state.items.filter((item) => !item.status && !item.request);
  while (waiting.length && state.running < AT_ONCE) send(state, waiting.shift());
  if (state.items.some((item) => !item.status)) return;
  const report = {
    ids: state.items.filter((item) => item.status === "sent").map((item) => item.answer.upload_id),
    refused: state.items.filter((item) => item.status === "failed").map((item) => ({
      name: item.name, code: item.answer.code || "upload_failed", params: item.answer.params || {},
    })),
    cancelled: state.items.filter((item) => item.status === "cancelled").length,
  };
  state.items = [];
  state.root.querySelector(".live").textContent = state.data.texts.reading;
  state.setTriggerValue("finished", report);
}

function add(state, chosen) {
  const wanted = chosen.filter((item) => !JUNK.test(item.name)).map((item) => ({ ...item }));
  if (!wanted.length) return;
  const list = state.root.querySelector(".queue");
  if (!state.items.length) list.replaceChildren();
  state.items.push(...wanted);
  for (const item of wanted.slice(0, Math.max(0, SHOWN - list.childElementCount))) list.append(row(state, item));
  if (!state.data.url) state.setTriggerValue("wanted", Date.now());
  pump(state);
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const state = (parentElement.runClinic ||= { items: [], running: 0 });
  Object.assign(state, { data, root: parentElement, setTriggerValue });
  const area = parentElement.querySelector(".area");
  const files = parentElement.querySelector(".pick-files");
  const folder = parentElement.querySelector(".pick-folder");
  area.setAttribute("aria-label", data.texts.label);
  parentElement.querySelector(".hint").textContent = data.texts.hint;
  parentElement.querySelector("button.files").textContent = data.texts.files;
  parentElement.querySelector("button.folder").textContent = data.texts.folder;
  parentElement.querySelector("button.files").onclick = () => files.click();
  parentElement.querySelector("button.folder").onclick = () => folder.click();
  for (const input of [files, folder]) {
    input.setAttribute("aria-label", data.texts.label);
    input.onchange = () => {
      add(state, [...input.files].map((file) => ({ file, name: file.webkitRelativePath || file.name })));
      input.value = "";
    };
  }
  area.ondragover = (event) => { event.preventDefault(); area.classList.add("over"); };
  area.ondragleave = () => area.classList.remove("over");
  area.ondrop = async (event) => {
    event.preventDefault();
    area.classList.remove("over");
    add(state, await dropped(event.dataTransfer));
  };
  pump(state);
}
