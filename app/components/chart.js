// A chart drawn by the server's figure: tells the server when somebody zooms, clicks a cell or opens a finding, and
// lights on the chart what the list beside it speaks of. All text goes in through textContent.

const NARROW = 560;
const MANY = 6;

function load(url) {
  const waiting = (window.runClinicPlotly ||= {});
  waiting[url] ||= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => { delete waiting[url]; reject(new Error(url)); };
    document.head.appendChild(script);
  });
  return waiting[url];
}

function button(label, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.onclick = action;
  return made;
}

const DASHES = { solid: "", dash: "7 4", dot: "2 3", dashdot: "7 3 2 3" };

function swatch({ colour, dash }) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "line");
  for (const [name, value] of Object.entries({ width: 26, height: 10, "aria-hidden": "true" })) picture.setAttribute(name, value);
  const look = { x1: 0, x2: 26, y1: 5, y2: 5, stroke: colour, "stroke-width": 2.4, "stroke-dasharray": DASHES[dash] };
  for (const [name, value] of Object.entries(look)) line.setAttribute(name, value);
  picture.appendChild(line);
  return picture;
}

// Where the names at the line ends would leave too little room for the lines, a legend takes their place.
function crowded(layout, width) {
  return width < NARROW || layout.margin.r > 0.26 * width;
}

function fitted(figure, width) {
  const layout = structuredClone(figure.layout);
  if (crowded(figure.layout, width)) {
    layout.margin = { ...layout.margin, r: 10 };
    layout.annotations = (layout.annotations || []).filter((note) => note.name !== "end-label");
  }
  if (width < NARROW) {
    for (const note of layout.annotations || []) {
      if (note.name === "title") note.text = note.text.split("  <span")[0];
    }
    layout.dragmode = false;
  }
  return layout;
}

function zoomed(event, layout) {
  let ends = null;
  if ("xaxis.range[0]" in event) ends = [event["xaxis.range[0]"], event["xaxis.range[1]"]];
  else if (event["xaxis.range"]) ends = event["xaxis.range"];
  if (!ends) return null;
  return layout.xaxis.type === "log" ? ends.map((end) => 10 ** end) : ends.map(Number);
}

class Chart {
  constructor(root) {
    this.root = root;
    this.plot = root.querySelector(".rc-chart-plot");
    this.body = root.querySelector(".rc-chart-body");
    this.tools = root.querySelector(".rc-chart-tools");
    this.legend = root.querySelector(".rc-chart-legend");
    this.rail = root.querySelector(".rc-chart-rail");
    this.round = 0;
    this.width = 0;
    this.resizing = new ResizeObserver(() => this.resized());
    this.resizing.observe(this.plot);
  }

  async show(component) {
    const data = component.data;
    this.component = component;
    this.data = data;
    this.figure = JSON.parse(data.figure);
    this.plot.style.minHeight = `${this.figure.layout.height}px`;
    this.root.style.setProperty("--rc-chart-height", `${this.figure.layout.height}px`);
    this.plot.setAttribute("aria-label", data.alt);
    this.drawTools();
    this.drawRail();
    if (!window.Plotly) this.plot.classList.add("rc-waiting");
    try {
      this.Plotly = await load(data.plotly);
    } catch {
      this.plot.classList.remove("rc-waiting");
      this.plot.textContent = data.words.problem;
      this.plot.classList.add("rc-chart-problem");
      return;
    }
    if (this.data === data) await this.draw();
  }

  async draw() {
    this.width = this.plot.clientWidth;
    this.drawLegend();
    const wanted = `${this.data.revision}/${this.width}/${this.round}`;
    if (this.drawn === wanted) return this.light(this.data.selected);
    const layout = fitted(this.figure, this.width);
    layout.uirevision = `${layout.uirevision ?? ""}/${this.round}`;
    layout.width = this.width || undefined;
    await this.Plotly.react(this.plot, this.figure.data, layout, {
      displayModeBar: false, doubleClick: false, locale: "en", showTips: false, scrollZoom: false,
    });
    this.plot.classList.remove("rc-waiting");
    this.drawn = wanted;
    this.plot.dataset.drawn = this.data.revision;
    if (!this.listening) this.listen();
    this.light(this.data.selected);
  }

  listen() {
    this.listening = true;
    this.plot.on("plotly_relayout", (event) => {
      const range = this.data.zoomable && zoomed(event, this.plot.layout);
      if (!range) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.tell("zoom", { ...this.data.zoomable, range }), 180);
    });
    this.plot.on("plotly_doubleclick", () => this.reset());
    this.plot.on("plotly_click", (event) => {
      const point = event.points[0];
      if (!this.data.clickable || !point) return;
      this.component.setTriggerValue("click", { x: point.x, y: point.y });
    });
    this.plot.on("plotly_hover", (event) => this.dim(event.points[0]?.data?.meta?.run));
    this.plot.on("plotly_unhover", () => this.dim(null));
  }

  tell(name, value) { this.component.setStateValue(name, value); }

  reset() {
    if (!this.data.zoomable) return;
    this.round += 1;
    if (this.data.zoomed) this.tell("zoom", null);
    else this.draw();
  }

  drawTools() {
    const { words, zoomed: inside } = this.data;
    const made = [];
    if (inside) made.push(button(words.reset, () => this.reset()));
    made.push(button(words.picture, () => this.picture()));
    this.tools.replaceChildren(...made);
  }

  picture() {
    const ground = getComputedStyle(document.querySelector(".stApp")).backgroundColor;
    const named = (this.figure.layout.annotations || []).some((note) => note.name === "end-label");
    const rows = this.data.legend.length > 1 && !named ? Math.ceil(this.data.legend.length / 2) : 0;
    const size = { width: Math.max(this.width, 900), height: this.figure.layout.height + 22 * rows };
    const layout = {
      ...structuredClone(this.figure.layout), paper_bgcolor: ground, showlegend: rows > 0,
      // The page's own type is not inside the picture: measure with the type that will be.
      font: { ...this.figure.layout.font, family: "sans-serif" },
      margin: { ...this.figure.layout.margin, b: this.figure.layout.margin.b + 22 * rows },
      legend: { orientation: "h", yref: "container", y: 0, yanchor: "bottom", x: 0 },
    };
    layout.xaxis.range = this.plot.layout.xaxis.range;
    this.Plotly.downloadImage(
      { data: this.plot.data, layout: { ...layout, ...size } },
      { format: "png", scale: 2, filename: this.data.file, ...size },
    );
  }

  drawLegend() {
    const named = (this.figure.layout.annotations || []).some((note) => note.name === "end-label");
    const entries = this.data.legend || [];
    this.legend.hidden = entries.length === 0 || (named && !crowded(this.figure.layout, this.width));
    this.legend.setAttribute("aria-label", this.data.words.legend);
    this.legend.replaceChildren(...entries.map((entry) => this.legendEntry(entry, entries.length > 1)));
  }

  legendEntry(entry, several) {
    const made = document.createElement("li");
    for (const line of entry.lines) {
      made.appendChild(swatch(line));
      if (!several) made.append(line.label);
    }
    if (several) made.append(entry.run);
    made.title = entry.lines.map((line) => line.label).join(", ");
    made.onmouseenter = () => this.dim(entry.run);
    made.onmouseleave = () => this.dim(null);
    return made;
  }

  drawRail() {
    const items = this.data.rail || [];
    this.body.classList.toggle("rc-with-rail", items.length > 0);
    this.rail.hidden = items.length === 0;
    const focused = this.rail.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const heading = document.createElement("h2");
    heading.textContent = this.data.words.rail;
    const entries = items.map((item) => this.entry(item));
    this.rail.replaceChildren(heading, ...entries);
    if (focused !== null) entries.find((one) => one.dataset.key === focused)?.focus();
  }

  entry(item) {
    const made = button("", () => this.tell("selected", this.data.selected === item.key ? null : item.key));
    made.dataset.key = String(item.key);
    made.setAttribute("aria-pressed", String(this.data.selected === item.key));
    for (const [kind, text] of [["sign", item.sign], ["title", item.title], ["text", item.text]]) {
      const part = document.createElement("span");
      part.className = `rc-rail-${kind}` + (kind === "sign" ? ` rc-rail-${item.severity}` : "");
      part.textContent = text;
      made.appendChild(part);
    }
    made.onmouseenter = made.onfocus = () => { this.light(item.key); this.dim(item.run); };
    made.onmouseleave = made.onblur = () => { this.light(this.data.selected); this.dim(null); };
    return made;
  }

  // Restyling the lines would draw all of them again; only the shapes of one finding change.
  light(key) {
    if (!this.Plotly || !this.plot.layout) return;
    const change = {};
    (this.figure.layout.shapes || []).forEach((drawn, index) => {
      const lit = key !== null && key !== undefined && drawn.name === `mark:${key}`;
      const now = this.plot.layout.shapes[index];
      const wanted = lit ? { opacity: 1, width: 3, fill: 0.3 } : { opacity: drawn.opacity ?? 1, width: drawn.line.width, fill: 0.09 };
      if (now.opacity !== wanted.opacity) change[`shapes[${index}].opacity`] = wanted.opacity;
      if (drawn.type === "line" && now.line.width !== wanted.width) change[`shapes[${index}].line.width`] = wanted.width;
      if (drawn.type === "rect") {
        const fill = drawn.fillcolor.replace(/[\d.]+\)$/, `${wanted.fill})`);
        if (now.fillcolor !== fill) change[`shapes[${index}].fillcolor`] = fill;
      }
    });
    if (Object.keys(change).length) this.Plotly.relayout(this.plot, change);
  }

  dim(run) {
    const lines = this.plot.querySelectorAll(".scatterlayer .trace");
    if (lines.length <= MANY) return;
    for (const line of lines) {
      const of = line.__data__?.[0]?.trace?.meta?.run;
      line.classList.toggle("rc-dim", Boolean(run) && of !== run);
    }
  }

  resized() {
    const width = this.plot.clientWidth;
    if (!this.Plotly || !width || Math.abs(width - this.width) < 2) return;
    clearTimeout(this.sizing);
    this.sizing = setTimeout(() => this.draw(), 80);
  }

  close() {
    this.resizing.disconnect();
    clearTimeout(this.timer);
    clearTimeout(this.sizing);
    if (this.Plotly) this.Plotly.purge(this.plot);
  }
}

export default function (component) {
  const root = component.parentElement.querySelector(".rc-chart");
  root.chart ||= new Chart(root);
  root.chart.show(component);
  return () => { root.chart?.close(); delete root.chart; };
}
