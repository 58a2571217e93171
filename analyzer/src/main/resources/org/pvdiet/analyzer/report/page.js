"use strict";
// Draws the report that is in this page. The overview is drawn once; a hook's page when its fragment is asked for.

const report = JSON.parse(document.getElementById("report").textContent);
const main = document.getElementById("main");

// Elements.

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== ""));
  return element;
}

function el(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

// Words.

const number = value => value.toLocaleString("en-US");

function count(value, word) {
  return number(value) + " " + word + (value === 1 ? "" : "s");
}

function average(value) {
  return value.toLocaleString("en-US", {maximumFractionDigits: value < 10 ? 1 : 0, minimumFractionDigits: value < 10 ? 1 : 0});
}

/** 1.27 G, 8.4 M. */
function short(value) {
  for (const [unit, letter] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (value >= unit) {
      return (value / unit).toPrecision(3) + "\u202f" + letter;
    }
  }
  return String(value);
}

/** What traces are called: by platform where these differ, else by file name, else by number. */
const names = [
  report.traces.map(trace => trace.platform),
  report.traces.map(trace => trace.trace.replace(/\/+$/, "").replace(/^.*\//, "").replace(/\.pvtrace$/, "")),
  report.traces.map((trace, i) => trace.platform + " " + (i + 1))
].find(list => new Set(list).size === list.length);
const traceIndex = new Map(report.traces.map((trace, i) => [trace.trace, i]));
const hooks = new Map(report.hooks.map(hook => [hook.hook, hook]));
const texts = new Map(report.calls.map(entry => [entry.call.trace + "\n" + entry.call.seq, entry.text]));
const RISKS = ["low", "medium", "high", ""];
const VERDICTS = ["remove", "merge", "replace", "narrow", "respecify", "keep"];
const release = (report.kernel.banner.match(/^Linux version (\S+)/) || [])[1] || "";

function platformName(i) {
  return el("span", {class: "platform of-" + i % 4}, names[i]);
}

/** A symbol that may go on on the next line after an underscore. */
function breakable(symbol) {
  return symbol.split(/(?<=_)(?=[^_])/).flatMap((part, i) => i ? [el("wbr"), part] : [part]);
}

function hookLink(name) {
  return el("a", {href: "#" + name, class: "mono"}, name);
}

function hookLinks(list) {
  return list.flatMap((name, i) => i ? [", ", hookLink(name)] : [hookLink(name)]);
}

// Witnesses.

function callText({trace, seq}, note) {
  const text = texts.get(trace + "\n" + seq);
  return el("div", {class: "call"},
    text ? el("pre", {tabindex: 0}, text.trimEnd().split("\n").map(callLine)) : null,
    el("p", {}, note, el("code", {}, "pvdiet show " + trace + " " + seq)));
}

/** A line that goes on below its beginning where it is too long. */
function callLine(line) {
  const indent = line.length - line.trimStart().length + 4;
  return el("span", {style: `padding-left: ${indent}ch; text-indent: -${indent}ch`}, line + "\n");
}

/** Opens to calls, the first of them with a note. Their texts are put in when it first opens, which makes a long page quick to lay out. */
function witnesses(calls, note, ...summary) {
  const shown = calls.filter(call => call.seq >= 0);
  if (shown.length === 0) {
    return el("div", {class: "bare"}, ...summary);
  }
  return el("details", {ontoggle: event => {
    if (event.target.childElementCount === 1) {
      event.target.append(...shown.map((call, i) => callText(call, i === 0 ? note : "")));
    }
  }}, el("summary", {}, ...summary));
}

function witness(trace, seq, ...summary) {
  return witnesses([{trace, seq}], "", ...summary);
}

// Tables that sort.

/**
 * columns: {title, group: of neighbours under one head, n: whether numeric, value(row) to sort by, cell(row) to show, under: below
 * the title}
 */
function sortable(rows, columns, caption) {
  const body = el("tbody");
  const lines = rows.map((row, i) => ({
    row, i,
    line: el("tr", {}, columns.map((column, c) => {
      const cell = column.cell ? column.cell(row) : column.value(row);
      const content = typeof cell === "number" ? number(cell) : cell;
      const kind = {class: (column.kind || (column.n ? "n" : "")) + (cell === 0 ? " zero" : "")};
      return c === 0 ? el("th", {scope: "row"}, content) : el("td", kind, content);
    }))
  }));
  const heads = columns.map(column => el("th", {scope: "col", class: column.n ? "n" : null},
    column.value
      // Browsers print a button in the head of a table's first page only.
      ? [el("button", {type: "button", "aria-label": column.group ? column.group + ", " + column.title : null, onclick: () => sort(column)}, column.title),
        el("span", {class: "printed", "aria-hidden": "true"}, column.title)]
      : column.title,
    column.under || null));
  function sort(column) {
    const head = heads[columns.indexOf(column)];
    const now = head.getAttribute("aria-sort");
    const order = now ? (now === "ascending" ? "descending" : "ascending") : (column.n ? "descending" : "ascending");
    heads.forEach(each => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    lines.sort((a, b) => {
      const x = column.value(a.row);
      const y = column.value(b.row);
      return (typeof x === "number" ? x - y : x < y ? -1 : x > y ? 1 : 0) * sign || a.i - b.i;
    });
    body.append(...lines.map(each => each.line));
  }
  body.append(...lines.map(each => each.line));
  const table = el("table", {class: "sortable full"},
    el("caption", {class: "visually-hidden"}, caption), el("thead", {}, groupHeads(columns), el("tr", {}, heads)), body);
  return {table, lines};
}

function groupHeads(columns) {
  if (columns.every(column => !column.group)) {
    return null;
  }
  const cells = [];
  for (let c = 0, next; c < columns.length; c = next) {
    next = c + 1;
    while (next < columns.length && columns[c].group && columns[next].group === columns[c].group) {
      next++;
    }
    cells.push(columns[c].group
      ? el("th", {scope: "colgroup", colspan: next - c, class: "group"}, columns[c].group) : el("td", {colspan: next - c}));
  }
  return el("tr", {class: "groups"}, cells);
}

// Overview.

function section(id, title, ...children) {
  return el("section", {id}, el("h2", {tabindex: -1}, title), ...children);
}

function summary() {
  const byVerdict = VERDICTS
    .map(verdict => [verdict, report.hooks.filter(hook => hook.verdict.verdict === verdict)])
    .filter(([, list]) => list.length > 0);
  const row = (title, value) =>
    el("tr", {}, el("th", {scope: "row"}, title), report.traces.map((trace, i) => value(trace, i)));
  const n = text => el("td", {class: "n"}, text);
  const divergent = hook => hook.diffs.some(diff => diff.divergences.some(divergence => divergence.contract));
  return el("section", {id: "summary"},
    el("h1", {tabindex: -1}, "Paravirt hooks of Linux " + release),
    el("p", {class: "soft small wide"}, report.kernel.banner, report.kernel.buildId ? ", build id " + report.kernel.buildId : ""),
    el("p", {}, `${report.hooks.length} hooks, called from ${number(report.kernel.sites)} sites. `
      + `${report.hooks.filter(hook => hook.platforms.some(platform => platform.calls > 0)).length} of them were called in these runs:`),
    el("table", {},
      el("thead", {}, el("tr", {}, el("th"), report.traces.map((trace, i) => el("th", {scope: "col", class: "n"}, platformName(i))))),
      el("tbody", {},
        row("calls", trace => n(number(trace.calls))),
        row("instructions in the run", trace => n(short(trace.instructions))),
        row("of these in hooks", (trace, i) => n(short(sum(report.hooks, hook => hook.platforms[i].instructions)))),
        row("hypercalls in hooks", (trace, i) => n(number(sum(report.hooks, hook => sum(hook.platforms[i].hypercallsByName, call => call.count))))),
        row("traps in hooks", (trace, i) => n(number(sum(report.hooks, hook => hook.platforms[i].traps)))),
        report.traces.some(trace => !trace.complete)
          ? row("recording", trace => n(trace.complete ? "complete" : "incomplete: its beginning")) : null)),
    el("dl", {class: "words list"},
      report.comparisons.length === 0 ? [] : [
        el("dt", {}, "callers can tell"),
        el("dd", {}, number(report.hooks.filter(divergent).length) + " hooks: ",
          hookLinks(report.hooks.filter(divergent).map(hook => hook.hook)))],
      byVerdict.filter(([verdict]) => verdict !== "keep").map(([verdict, list]) => [
        el("dt", {}, "candidates to " + verdict),
        el("dd", {}, number(list.length) + ": ", hookLinks(list.map(hook => hook.hook)))])),
    el("p", {class: "small soft"}, "A verdict is about the platforms and the workload that were recorded. "
      + "Each statement opens to a recorded call that shows it."),
    environment());
}

function environment() {
  const rows = report.comparisons.flatMap(comparison => comparison.environment.map(row => ({row, i: traceIndex.get(comparison.trace)})));
  return rows.length === 0 ? null : [
    el("h3", {}, "What else was different"),
    el("dl", {class: "words small"}, rows.map(({row, i}) => [
      el("dt", {}, row.what),
      el("dd", {},
        el("div", {class: "side"}, platformName(0), " ", row.witness.first < 0 ? row.first : witness(report.traces[0].trace, row.witness.first, row.first)),
        el("div", {class: "side"}, platformName(i), " ", row.witness.second < 0 ? row.second : witness(report.traces[i].trace, row.witness.second, row.second)),
        row.meaning === "" ? null : el("div", {class: "soft"}, row.meaning))]))];
}

function sum(list, value) {
  return list.reduce((total, each) => total + value(each), 0);
}

function perCall(platform, what) {
  return platform.calls === 0 ? 0 : platform[what] / platform.calls;
}

function diet() {
  const {table, lines} = sortable(
    [...report.hooks].sort((a, b) => a.rank - b.rank),
    [
      {title: "Hook", value: hook => hook.hook, cell: hook => hookLink(hook.hook)},
      {title: "Verdict", value: hook => VERDICTS.indexOf(hook.verdict.verdict), cell: hook => verdictWord(hook.verdict)},
      {title: "Risk", value: hook => RISKS.indexOf(hook.verdict.risk), cell: hook => hook.verdict.risk},
      {title: "Because", cell: hook => el("div", {class: "why"},
        hook.verdict.evidence.length === 0 ? "" : hook.verdict.evidence[0].sentence,
        hook.verdict.evidence.length > 1
          ? [" ", el("a", {class: "more small", href: "#" + hook.hook}, "+" + (hook.verdict.evidence.length - 1)
              + "\u00a0more")] : null)},
      {title: "Sites", n: true, value: hook => hook.sites},
      {title: "Lines", n: true, value: hook => hook.verdict.saves.lines},
      ...report.traces.map((trace, i) => ({
        group: "Calls", title: names[i], n: true, value: hook => hook.platforms[i].calls
      }))
    ], "The verdict on each hook");
  table.id = "diet-table";
  const found = el("span", {class: "soft small", role: "status"});
  const text = el("input", {type: "search", id: "filter", placeholder: "hook, word, or finding", "aria-controls": "diet-table", oninput: apply});
  const verdict = el("select", {id: "verdict", onchange: apply},
    el("option", {value: ""}, "any verdict"),
    VERDICTS.filter(word => report.hooks.some(hook => hook.verdict.verdict === word)).map(word => el("option", {value: word}, word)));
  const haystacks = new Map(report.hooks.map(hook => [hook, [hook.hook, hook.prototype, hook.verdict.verdict, hook.nativeMeaning.purpose,
    ...hook.platforms.map(platform => platform.target),
    ...hook.verdict.evidence.flatMap(reason => [reason.finding, reason.sentence])].join("\n").toLowerCase()]));
  function apply() {
    const words = text.value.toLowerCase().split(/\s+/).filter(word => word);
    let shown = 0;
    for (const {row, line} of lines) {
      const fits = words.every(word => haystacks.get(row).includes(word))
        && (verdict.value === "" || row.verdict.verdict === verdict.value);
      line.classList.toggle("hidden", !fits);
      shown += fits ? 1 : 0;
    }
    found.textContent = shown + " of " + lines.length + " hooks";
  }
  apply();
  return section("diet", "Which hooks can go",
    el("div", {class: "tools"},
      el("label", {for: "filter"}, "Filter ", el("kbd", {}, "/")), text,
      el("label", {for: "verdict", class: "visually-hidden"}, "Verdict"), verdict, found),
    table);
}

function verdictWord(verdict) {
  return [el("span", {class: "verdict verdict-" + verdict.verdict}, verdict.verdict),
    verdict.with ? [" with ", hookLink(verdict.with)] : null, verdict.becomes ? " " + verdict.becomes : null];
}

// Page-table bits.

const FATES = [
  ["kept", "", "kept, as 0 and as 1"],
  ["kept_one_value", "", "kept, but seen only as 0 or only as 1"],
  ["translated", "", "part of a frame number that is translated"],
  ["forced", "1", "1, whatever was asked for"],
  ["cleared", "0", "0, whatever was asked for"],
  ["refused", "\u00d7", "refused where it is set"],
  ["varies", "~", "sometimes one, sometimes another"],
  ["unseen", "\u00b7", "no call shows it"]
];

function fateCell(fate, x, y, width, height, title) {
  const glyph = FATES.find(([name]) => name === fate)[1];
  return svg("g", {},
    title ? svg("title", {}, title) : null,
    svg("rect", {class: "fate-" + fate, x: x + 0.5, y: y + 0.5, width: width - 1, height: height - 1}),
    fate === "translated" ? svg("path", {class: "hatch", d: `M${x + 1} ${y + 6}l5 -5M${x + 1} ${y + 11}l9 -9M${x + 1} ${y + 16}l9 -9M${x + 5} ${y + 16}l5 -5`}) : null,
    glyph ? svg("text", {class: "glyph glyph-" + fate, x: x + width / 2, y: y + height - 4.5}, glyph) : null);
}

const WAYS = {in: "written", out: "read back"};
const BIT_WIDTH = 21;
const FRAME_BIT_WIDTH = 11;
const isFrame = bit => bit >= 12 && bit <= 51;

function bitName(bit) {
  return bit.name && bit.name !== "frame" ? `bit ${bit.bit}, ${bit.name}` : `bit ${bit.bit}`;
}

function bitsPicture() {
  const left = 150;
  const top = 46;
  const height = 17;
  const widths = Array.from({length: 64}, (_, bit) => isFrame(bit) ? FRAME_BIT_WIDTH : BIT_WIDTH);
  const xs = [];
  let x = left;
  for (let bit = 63; bit >= 0; bit--) {
    xs[bit] = x;
    x += widths[bit];
  }
  const right = x;
  const parts = [];
  const first = report.bits[0].levels;
  const level1 = first.find(level => level.level === 1) || first[0];
  for (let bit = 0; bit < 64; bit++) {
    if (!isFrame(bit)) {
      const name = bit === 7 ? "PS/PAT" : level1.bits[bit].name || String(bit);
      const middle = xs[bit] + widths[bit] / 2 + 4;
      parts.push(svg("text", {class: level1.bits[bit].name ? null : "soft", transform: `translate(${middle} ${top - 5}) rotate(-90)`}, name));
    }
  }
  for (const bit of [51, 48, 40, 32, 24, 16, 12]) {
    parts.push(svg("text", {class: "soft middle", x: xs[bit] + widths[bit] / 2, y: top - 5}, bit));
  }
  parts.push(svg("text", {class: "middle", x: (xs[51] + xs[12]) / 2, y: top - 22}, "frame number"));
  let y = top;
  const keys = first.map(level => [level.level, level.way]);
  for (const [level, way] of keys) {
    parts.push(svg("text", {x: 0, y: y + 12}, `level ${level}, ${WAYS[way]}`));
    report.bits.forEach((table, i) => {
      const row = table.levels.find(each => each.level === level && each.way === way);
      if (!row) {
        return;
      }
      parts.push(svg("text", {class: "soft end", x: left - 6, y: y + 12}, names[i]));
      row.bits.forEach(bit => parts.push(fateCell(bit.fate, xs[bit.bit], y, widths[bit.bit], height,
        `${names[i]}, level ${level}, ${WAYS[way]}: ${bitName(bit)}: ${FATES.find(([name]) => name === bit.fate)[2]}`
        + (bit.calls > 0 ? `; ${count(bit.calls, "call")}, first #${bit.witness}` : ""))));
      parts.push(svg("text", {class: "soft end", x: right + 62, y: y + 12}, number(row.calls)));
      y += height;
    });
    y += 7;
  }
  parts.push(svg("text", {class: "soft end", x: right + 62, y: top - 5}, "calls"));
  return svg("svg", {viewBox: `0 0 ${right + 64} ${y}`, width: right + 64, height: y, role: "img",
    "aria-label": "What became of each bit of page-table entries; the table below has the same in words"}, parts);
}

function bits() {
  if (report.bits.length === 0 || report.bits.every(table => table.levels.length === 0)) {
    return null;
  }
  const told = report.bits.flatMap(table => table.levels.flatMap(level => level.bits
    .filter(bit => ["forced", "cleared", "refused", "varies"].includes(bit.fate))
    .map(bit => ({table, level, bit}))));
  return section("bits", "Page-table entries, bit by bit",
    el("p", {}, "What became of each bit between what the kernel asked for and what was in the table (written), and between the "
      + "table and what the kernel was told (read back). Bit 63 is at the left."),
    el("figure", {},
      el("ul", {class: "legend"}, FATES.map(([fate, , words]) => {
        const width = fate === "translated" ? FRAME_BIT_WIDTH : BIT_WIDTH;
        return el("li", {},
          svg("svg", {width, height: 17, viewBox: `0 0 ${width} 17`, "aria-hidden": "true"}, fateCell(fate, 0, 0, width, 17)), words);
      })),
      bitsPicture()),
    told.length === 0 ? null : [
      el("h3", {}, "Bits that do not come through as they were"),
      el("table", {class: "full"},
        el("thead", {}, el("tr", {}, ["Platform", "Level", "Way", "Bit", "Fate"].map(title => el("th", {scope: "col"}, title)),
          el("th", {scope: "col", class: "n"}, "Calls"), el("th", {scope: "col"}, "Witness"))),
        el("tbody", {}, told.map(({table, level, bit}) => el("tr", {},
          el("td", {}, platformName(traceIndex.get(table.trace))),
          el("td", {}, level.level), el("td", {}, WAYS[level.way]), el("td", {class: "phrase"}, bitName(bit)),
          el("td", {class: "phrase"}, FATES.find(([name]) => name === bit.fate)[2]),
          el("td", {class: "n"}, number(bit.calls)),
          el("td", {class: "witness"}, witness(table.trace, bit.witness, "#" + bit.witness))))))]);
}

// Calls over time.

function overTime() {
  const time = report.overTime;
  const left = 80;
  const gap = 40;
  const top = 46;
  const rowHeight = 52;
  const rowGap = 12;
  const lengths = report.traces.map(trace => trace.instructions);
  const scale = (1140 - left - gap * (lengths.length - 1) - 10) / sum(lengths, length => length);
  const groups = time.traces[0].groups.map(group => group.group);
  const starts = [];
  lengths.reduce((x, length, i) => (starts[i] = x, x + length * scale + gap), left);
  const bottom = top + groups.length * (rowHeight + rowGap);
  const parts = [];
  groups.forEach((group, g) => {
    const floor = top + g * (rowHeight + rowGap) + rowHeight;
    const most = Math.max(1, ...time.traces.flatMap(trace => trace.groups[g].calls));
    parts.push(svg("text", {x: 0, y: floor - rowHeight / 2}, group));
    parts.push(svg("text", {class: "soft", x: 0, y: floor - rowHeight / 2 + 14}, "\u2264 " + number(most)));
    time.traces.forEach((trace, i) => {
      const step = time.instructionsPerBucket * scale;
      let path = `M${starts[i]} ${floor}`;
      trace.groups[g].calls.forEach((calls, bucket) => {
        const y = calls === 0 ? floor : Math.min(floor - 0.8, floor - calls / most * rowHeight);
        const end = Math.min(starts[i] + (bucket + 1) * step, starts[i] + lengths[i] * scale);
        path += `V${y.toFixed(1)}H${end.toFixed(1)}`;
      });
      parts.push(svg("path", {class: "area of-" + i % 4, d: path + `V${floor}Z`}));
      parts.push(svg("path", {class: "axis", d: `M${starts[i]} ${floor}H${(starts[i] + lengths[i] * scale).toFixed(1)}`}));
    });
  });
  const PHASES = {setup: "platform set up", patched: "sites patched", user: "user code"};
  time.traces.forEach((trace, i) => {
    parts.push(svg("text", {class: "of-" + i % 4, x: starts[i], y: 11, "font-weight": 600, style: "fill: var(--colour)"}, names[i]));
    const free = [starts[i] - 1, starts[i] - 1];
    trace.phases.filter(phase => PHASES[phase.phase]).forEach(phase => {
      const x = starts[i] + phase.icount * scale;
      const width = PHASES[phase.phase].length * 6.2;
      const left = x + width > starts[i] + lengths[i] * scale;
      const from = left ? x - width : x;
      const line = from >= free[0] ? 0 : 1;
      if (from >= free[line]) {
        parts.push(svg("text", {class: "soft" + (left ? " end" : ""), x: x.toFixed(1), y: top - 9 - 13 * line}, PHASES[phase.phase]));
        free[line] = from + width + 8;
      }
      parts.push(svg("path", {class: "phase", d: `M${x.toFixed(1)} ${top - 6 - 13 * line}V${bottom - rowGap}`}));
    });
    const tick = niceTick(lengths[i], lengths[i] * scale / 90);
    for (let at = 0; at <= lengths[i]; at += tick) {
      const x = starts[i] + at * scale;
      parts.push(svg("path", {class: "axis", d: `M${x.toFixed(1)} ${bottom - rowGap}v4`}));
      parts.push(svg("text", {class: "soft" + (at === 0 ? "" : " middle"), x: x.toFixed(1), y: bottom - rowGap + 16}, at === 0 ? "0" : axisNumber(at)));
    }
  });
  return section("time", "Calls over time",
    el("p", {}, `Calls of each group of hooks per ${short(time.instructionsPerBucket)} instructions, from the kernel's entry to the end of the run. `
      + "Both axes have the same scale on all platforms."),
    el("figure", {}, svg("svg", {viewBox: `0 0 1150 ${bottom + 10}`, width: 1150, height: bottom + 10, role: "img",
      "aria-label": "Calls per group over time; report.json has the numbers"}, parts),
      el("figcaption", {}, "A bucket with any call is drawn at least one line high. Dashed: where the first call was made after the platform "
        + "was set up, after sites were patched, and after user code had run.")));
}

function niceTick(length, most) {
  for (let power = 1; ; power *= 10) {
    for (const step of [1, 2, 5]) {
      if (length / (step * power) <= Math.max(1, most)) {
        return step * power;
      }
    }
  }
}

function axisNumber(value) {
  return value >= 1e9 ? value / 1e9 + "\u202fG" : value >= 1e6 ? value / 1e6 + "\u202fM" : number(value);
}

// Cost.

const COST_WIDTH = 300;

function costX(value) {
  return 6 + Math.log10(Math.max(1, value)) / 5 * (COST_WIDTH - 12);
}

function costAxis() {
  return svg("svg", {width: COST_WIDTH, height: 14, viewBox: `0 0 ${COST_WIDTH} 14`, "aria-hidden": "true"},
    ["1", "10", "100", "1\u202fk", "10\u202fk", "100\u202fk"].map((label, i) => svg("text",
      {class: "soft " + (i === 5 ? "end" : "middle"), x: i === 5 ? COST_WIDTH : costX(10 ** i), y: 11}, label)));
}

function costPoints(hook) {
  const seen = hook.platforms.map((platform, i) => [i, perCall(platform, "instructions")]).filter(([i]) => hook.platforms[i].calls > 0);
  const xs = seen.map(([, value]) => costX(value));
  return svg("svg", {width: COST_WIDTH, height: 14, viewBox: `0 0 ${COST_WIDTH} 14`, "aria-hidden": "true"},
    [1, 10, 100, 1000, 10000, 100000].map(value => svg("path", {class: "axis", d: `M${costX(value)} 0V14`})),
    svg("path", {class: "between", d: `M${Math.min(...xs)} 7H${Math.max(...xs)}`}),
    seen.map(([i, value]) => i === 0
      ? svg("circle", {class: "point of-0", cx: costX(value), cy: 7, r: 3.6})
      : svg("rect", {class: "point full of-" + i % 4, x: costX(value) - 3, y: 4, width: 6, height: 6})));
}

function cost() {
  const called = report.hooks.filter(hook => hook.platforms.some(platform => platform.calls > 0))
    .sort((a, b) => sum(b.platforms, platform => platform.instructions) - sum(a.platforms, platform => platform.instructions));
  const {table} = sortable(called, [
    {title: "Hook", value: hook => hook.hook, cell: hook => hookLink(hook.hook)},
    {title: [el("span", {class: "visually-hidden"}, "as a picture"), costAxis()], group: "Instructions per call", kind: "picture", cell: costPoints},
    ...report.traces.map((trace, i) => ({
      group: "Instructions per call", title: names[i], n: true, value: hook => perCall(hook.platforms[i], "instructions"),
      cell: hook => hook.platforms[i].calls === 0 ? "\u2013" : average(perCall(hook.platforms[i], "instructions"))
    })),
    ...report.traces.map((trace, i) => ({
      group: "All calls together", title: names[i], n: true, value: hook => hook.platforms[i].instructions,
      cell: hook => hook.platforms[i].instructions && short(hook.platforms[i].instructions)
    })),
    ...report.traces.map((trace, i) => i).filter(i => report.hooks.some(hook => hook.platforms[i].traps > 0)).map(i => ({
      group: "Traps", title: names[i], n: true, value: hook => hook.platforms[i].traps
    }))
  ], "Instructions per call of each hook");
  return section("cost", "What calls cost",
    el("p", {}, "Instructions that the guest retired in a call, calls within it included and interrupts not; what the hypervisor does meanwhile is not counted. ",
      "Most instructions first. ", report.traces.map((trace, i) => [platformName(i), " "])),
    table);
}

// Hypercalls.

function hypercalls() {
  const rows = report.hooks.flatMap(hook => hook.platforms.flatMap((platform, i) =>
    platform.hypercallsByName.map(call => ({hook, platform, i, call}))));
  if (rows.length === 0) {
    return null;
  }
  const most = Math.max(...rows.map(row => row.call.count));
  rows.sort((a, b) => b.call.count - a.call.count);
  const several = new Set(rows.map(row => row.i)).size > 1;
  const {table} = sortable(rows, [
    {title: "Hook", value: row => row.hook.hook, cell: row => hookLink(row.hook.hook)},
    ...(several ? [{title: "Platform", value: row => row.i, cell: row => platformName(row.i)}] : []),
    {title: "Hypercall", value: row => row.call.name, cell: row => el("code", {}, row.call.name)},
    {title: "Times", n: true, value: row => row.call.count},
    {title: "", cell: row => svg("svg", {width: 120, height: 12, viewBox: "0 0 120 12", "aria-hidden": "true"},
      svg("rect", {class: "bar of-" + row.i % 4, x: 0, y: 3, height: 7, width: Math.max(1, 120 * row.call.count / most)}))},
    {title: "Per call", n: true, value: row => row.call.count / row.platform.calls, cell: row => (row.call.count / row.platform.calls).toFixed(3)},
    {title: "Witness", kind: "witness", cell: row => witness(row.platform.trace, row.call.witness, "#" + row.call.witness)}
  ], "Hypercalls that hooks make");
  return section("hypercalls", "Hypercalls that hooks make",
    el("p", {}, `${several ? "" : "On " + names[rows[0].i] + ". "}Those of calls within a call are counted there.`), table);
}

// A hook's page.

function hookPage(hook) {
  const meaning = hook.nativeMeaning;
  const at = report.hooks.indexOf(hook);
  const before = report.hooks[at - 1];
  const after = report.hooks[at + 1];
  return el("article", {class: "page"},
    el("div", {class: "aside"},
      el("span", {}, before ? [el("a", {href: "#" + before.hook, rel: "prev"}, "\u2190 ", el("span", {class: "mono"}, before.hook))] : ""),
      el("a", {href: "#diet"}, "all hooks"),
      el("span", {}, after ? [el("a", {href: "#" + after.hook, rel: "next"}, el("span", {class: "mono"}, after.hook), " \u2192")] : "")),
    el("div", {class: "beside"},
      el("div", {},
        el("h1", {class: "mono", tabindex: -1}, hook.hook),
        el("code", {class: "prototype"}, hook.prototype),
        meaning.purpose ? el("p", {}, meaning.purpose) : null,
        el("dl", {class: "words"},
          meaning.meaning ? [el("dt", {}, "bare metal"), el("dd", {}, meaning.meaning,
            meaning.instructions.length ? [": ", meaning.instructions.map((instruction, i) => [i ? "; " : "", el("code", {}, instruction)]),
              meaning.privileged ? ", privileged" : ""] : "",
            meaning.reference ? el("span", {class: "soft", title: report.manual}, " (" + meaning.reference + ")") : "",
            meaning.remarks ? ". " + meaning.remarks : "")] : [],
          el("dt", {}, "verdict"), el("dd", {}, verdictWord(hook.verdict),
            hook.verdict.risk ? `, at ${hook.verdict.risk} risk` : "",
            el("span", {class: "soft"}, `. It takes ${takes(hook.verdict.saves)}.`)))),
      inNumbers(hook)),
    reasons(hook.verdict),
    contracts(hook),
    divergences(hook),
    hookHypercalls(hook),
    callSites(hook));
}

function reasons(verdict) {
  let last = "";
  const reasonList = el("ul", {class: "reasons"}, verdict.evidence.map(reason => {
    const side = reason.supports === verdict.verdict ? "because" : "but " + reason.supports;
    const label = side === last ? "" : side;
    last = side;
    return el("li", {}, el("span", {class: "soft"}, label),
      witnesses(reason.witnesses, rests(reason), reason.sentence, " ", el("span", {class: "soft small"}, reason.finding)));
  }), verdict.check.map((check, i) => el("li", {}, el("span", {class: "soft"}, i ? "" : "before it"), el("div", {class: "bare"}, check))),
  el("li", {}, el("span", {class: "soft"}, "by rule"),
    el("details", {}, el("summary", {}, verdict.rule, ": ", verdict.rules.filter(rule => rule.held).map(rule => rule.says)),
      el("ol", {class: "tried"}, verdict.rules.map(rule => el("li", {}, el("b", {}, rule.rule), ": ", rule.says, " ",
        rule.held ? el("b", {}, "Yes: " + rule.verdict + ".") : el("span", {class: "soft"}, "No: " + rule.objection + ".")))))));
  return reasonList;
}

function takes(saves) {
  return `${count(saves.sites, "site")} (${number(saves.textBytes)} bytes) and ${count(saves.functions, "function")} `
    + `(${number(saves.functionBytes)} bytes, about ${count(saves.lines, "line")} of source)`;
}

/** What a statement rests on. */
function rests({calls, inputs}) {
  return calls > 0 ? `Rests on ${count(calls, "call")}${inputs > 0 ? " with " + count(inputs, "different input") : ""}. ` : "";
}

function inNumbers(hook) {
  const row = (title, value) => el("tr", {}, el("th", {scope: "row"}, title), hook.platforms.map((platform, i) => el("td", {class: "n"}, value(platform, i))));
  const each = what => platform => platform.calls === 0 ? "\u2013" : perCall(platform, what).toLocaleString("en-US", {maximumFractionDigits: 2});
  return el("table", {class: "numbers"},
    el("thead", {}, el("tr", {}, el("th"), hook.platforms.map((platform, i) => el("th", {scope: "col", class: "n"}, platformName(i))))),
    el("tbody", {},
      row("leads to", platform => el("code", {}, breakable(platform.target))),
      row("calls", platform => number(platform.calls)),
      row(`sites used, of ${number(hook.sites)}`, (platform, i) => {
        const used = sitesUsed(hook, i);
        return used === null ? "\u2013" : number(used);
      }),
      row("instructions per call", each("instructions")),
      row("hypercalls per call", each("hypercalls")),
      row("traps per call", each("traps"))));
}

function sitesUsed(hook, i) {
  const diff = hook.diffs[Math.max(0, i - 1)];
  return diff ? (i === 0 ? diff.sitesUsed.first : diff.sitesUsed.second) : null;
}

const ASPECTS = ["result", "effect", "interrupts", "precondition", "fault", "outcome", "hypercall", "trap", "clobber", "time", "caller", "phase"];

/** What is to be added to a difference of contracts, by what the calls compared say of it. */
const SAID_BY_CALLS = {
  shown: "",
  not_shown: "the calls compared show no such difference",
  not_compared: "no calls were compared"
};

/** What contracts differ in, by aspect and platform: sentences. */
function contractDifferences(hook) {
  const found = new Map();
  hook.diffs.forEach((diff, d) => diff.contracts.forEach(difference => {
    const of = found.get(difference.aspect) || {said: [], sentences: hook.platforms.map(() => new Set())};
    found.set(difference.aspect, of);
    difference.first.forEach(each => of.sentences[0].add(each.sentence));
    difference.second.forEach(each => of.sentences[d + 1].add(each.sentence));
    const said = SAID_BY_CALLS[difference.calls] ?? "because: " + difference.calls.replaceAll("_", " ");
    if (said) {
      of.said.push((hook.diffs.length > 1 ? names[d + 1] + ": " : "") + said);
    }
  }));
  return found;
}

/** The number of calls is said where these are not all calls of the hook. */
function statement(platform, each, differs) {
  return witnesses([{trace: platform.trace, seq: each.witness}], rests(each),
    differs ? el("span", {class: "differs", title: "the other contract does not say so"}, "\u2260 ") : null,
    el("span", {class: "sentence"}, each.sentence),
    each.calls === platform.calls ? null : [" ", el("span", {class: "calls"}, count(each.calls, "call"))],
    each.thin ? [" ", el("span", {class: "thin", title: "so few calls or inputs that it may be chance"}, "thin")] : null);
}

function contracts(hook) {
  if (hook.platforms.every(platform => platform.statements.length === 0)) {
    return null;
  }
  const several = hook.platforms.length > 1;
  const differences = contractDifferences(hook);
  const rows = [];
  for (const aspect of ASPECTS) {
    const difference = differences.get(aspect);
    const columns = hook.platforms.map(platform => platform.statements.filter(each => each.aspect === aspect));
    if (columns.every(column => column.length === 0)) {
      continue;
    }
    const same = columns[0].filter(each => columns.every(column => column.some(other => other.sentence === each.sentence)));
    const lines = same.map(each => ({
      same: true,
      cells: columns.map((column, i) => [statement(hook.platforms[i], column.find(other => other.sentence === each.sentence), false)])
    }));
    const rest = columns.map((column, i) => column
      .filter(each => !same.some(other => other.sentence === each.sentence))
      .map(each => statement(hook.platforms[i], each, difference && difference.sentences[i].has(each.sentence))));
    if (rest.some(column => column.length > 0)) {
      lines.push({same: false, cells: rest});
    }
    lines.forEach((line, i) => rows.push(el("tr", {class: (line.same ? "same" : "other") + (i < lines.length - 1 ? " within" : "")},
      i === 0 ? el("th", {scope: "row", rowspan: lines.length}, aspect,
        difference ? difference.said.map(said => el("div", {class: "said"}, said)) : null) : null,
      line.cells.map(cell => el("td", {}, cell)))));
  }
  return [
    el("h3", {}, "Contract"),
    el("p", {class: "small soft"}, (several ? "Grey: the same on every platform. " : "")
      + (differences.size ? "\u2260: what holds on one platform and not on the other. " : "")
      + "Each sentence held on every call, or on those it names, and opens to the first of them."),
    el("table", {class: "contract full"},
      el("colgroup", {}, el("col", {class: "aspect"}), hook.platforms.map(() => el("col"))),
      el("thead", {}, el("tr", {}, el("th"), hook.platforms.map((platform, i) => el("th", {scope: "col"}, platformName(i))))),
      el("tbody", {}, rows))];
}

function divergences(hook) {
  if (hook.diffs.length === 0) {
    return null;
  }
  const of = list => hook.diffs.flatMap((diff, d) => diff[list].map(each => divergence(each, d + 1)));
  const found = of("divergences");
  const explained = of("explained");
  return [
    el("h3", {}, "Where platforms part"),
    hook.diffs.map((diff, d) => el("p", {class: "small soft wide"}, (hook.diffs.length > 1 ? names[d + 1] + ": " : "")
      + `${number(diff.compared)} pairs of calls compared, ${number(diff.different)} different; `
      + `only on ${names[0]} ${number(diff.onlyFirst)}, only on ${names[d + 1]} ${number(diff.onlySecond)}.`)),
    found.length === 0 ? el("p", {}, "Nowhere, as far as the calls show.") : found,
    explained.length === 0 ? null : [el("h3", {}, "Differences that something else explains"), explained]];
}

/** One divergence of the first trace from another. */
function divergence(each, i) {
  return el("div", {class: "divergence" + (each.contract ? " contract" : "")},
    el("h4", {}, each.kind.replaceAll("_", " "),
      el("span", {class: "soft"}, `\u2003${count(each.calls, "call")} at ${count(each.sites, "site")}${each.contract ? "; callers can tell" : ""}`)),
    each.explainedBy ? el("p", {class: "small"}, each.explainedBy.sentence) : null,
    el("dl", {class: "words"},
      each.input ? [el("dt", {}, "given"), el("dd", {class: "given"}, el("div", {class: "bare"}, each.input))] : [],
      el("dt", {}, platformName(0)), el("dd", {}, witness(report.traces[0].trace, each.witness.first, each.first)),
      el("dt", {}, platformName(i)), el("dd", {}, witness(report.traces[i].trace, each.witness.second, each.second))));
}

function hookHypercalls(hook) {
  const rows = hook.platforms.flatMap((platform, i) => platform.hypercallsByName.map(call => ({platform, call, i})));
  return rows.length === 0 ? null : [
    el("h3", {}, "Hypercalls"),
    el("table", {},
      el("thead", {}, el("tr", {}, ["Platform", "Hypercall"].map(title => el("th", {scope: "col"}, title)),
        ["Times", "Per call"].map(title => el("th", {scope: "col", class: "n"}, title)), el("th", {scope: "col"}, "Witness"))),
      el("tbody", {}, rows.map(({platform, call, i}) => el("tr", {},
        el("td", {}, platformName(i)), el("td", {}, el("code", {}, call.name)), el("td", {class: "n"}, number(call.count)),
        el("td", {class: "n"}, (call.count / platform.calls).toFixed(3)), el("td", {class: "witness"}, witness(platform.trace, call.witness, "#" + call.witness))))))];
}

const MOST_SITES = 12;

function callSites(hook) {
  const sites = new Map();
  hook.diffs.forEach((diff, d) => diff.sites.forEach(site => {
    const row = sites.get(site.address) || {site, calls: report.traces.map(() => 0)};
    row.calls[0] = site.calls.first;
    row.calls[d + 1] = site.calls.second;
    sites.set(site.address, row);
  }));
  if (sites.size === 0) {
    return null;
  }
  const rows = [...sites.values()].sort((a, b) => sum(b.calls, n => n) - sum(a.calls, n => n));
  const isOne = symbol => symbol && rows.filter(({site}) => site.symbol === symbol).length === 1;
  return [
    el("h3", {}, "Called from"),
    el("table", {},
      el("thead", {}, el("tr", {}, el("th", {scope: "col"}, "Site"), names.map(name => el("th", {scope: "col", class: "n"}, name)))),
      el("tbody", {}, rows.slice(0, MOST_SITES).map(({site, calls}) => el("tr", {},
        el("th", {scope: "row"}, el("code", {title: site.address}, isOne(site.symbol) ? site.symbol : (site.symbol ? site.symbol + ", " : "") + site.address)),
        calls.map(n => el("td", {class: "n" + (n === 0 ? " zero" : "")}, number(n))))))),
    rows.length > MOST_SITES ? el("p", {class: "small soft"}, `and ${number(rows.length - MOST_SITES)} more sites, in report.json`) : null];
}

// Views.

// Tables with columns for many traces are wider than a laptop's screen.
document.body.classList.toggle("many", report.traces.length > 2);
const overview = el("div", {}, summary(), diet(), bits(), overTime(), cost(), hypercalls());
const SECTIONS = [["summary", "Summary"], ["diet", "Diet"], ["bits", "Page-table bits"], ["time", "Over time"], ["cost", "Cost"], ["hypercalls", "Hypercalls"]];
document.getElementById("top").append(el("nav", {"aria-label": "Parts of the report"},
  el("b", {}, "pvdiet" + (release ? " \u00b7 " + release : "")),
  SECTIONS.filter(([id]) => overview.querySelector("#" + id)).map(([id, title]) => el("a", {href: "#" + id}, title)),
  el("a", {href: "#all", title: "Everything on one page, for print and search"}, "All")));

let leftOverview = null;

function show() {
  const name = decodeURIComponent(location.hash.slice(1));
  const hook = hooks.get(name);
  const wasOverview = main.firstChild === overview && main.childNodes.length === 1;
  if (wasOverview && (hook || name === "all")) {
    leftOverview = {hash: leftHash, y: leftY};
  }
  leftHash = location.hash;
  if (hook) {
    main.replaceChildren(hookPage(hook));
    document.title = name + " \u2013 pvdiet";
    window.scrollTo(0, 0);
    main.querySelector("h1").focus({preventScroll: true});
  } else if (name === "all") {
    main.replaceChildren(overview, ...report.hooks.map(hookPage));
    document.title = "All hooks \u2013 pvdiet";
    window.scrollTo(0, 0);
  } else {
    document.title = "Paravirt hooks of Linux " + release + " \u2013 pvdiet";
    if (!wasOverview) {
      main.replaceChildren(overview);
      const target = name ? document.getElementById(name) : null;
      if (leftOverview && leftOverview.hash === location.hash) {
        window.scrollTo(0, leftOverview.y);
      } else if (target) {
        target.scrollIntoView();
      } else {
        window.scrollTo(0, 0);
      }
    }
  }
}

// Where the overview was left, to come back there. The hash has changed already when hashchange is told, scrolling may have too.
let leftHash = location.hash;
let leftY = 0;
document.addEventListener("click", () => leftY = window.scrollY, true);

window.addEventListener("hashchange", show);
document.addEventListener("keydown", event => {
  const typing = event.target.matches("input, select, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    if (!overview.isConnected) {
      location.hash = "#diet";
      show();
    }
    overview.querySelector("#filter").focus();
    overview.querySelector("#filter").select();
  } else if (event.key === "Escape" && event.target.id === "filter") {
    event.target.value = "";
    event.target.dispatchEvent(new Event("input"));
  }
});
document.querySelector(".skip").addEventListener("click", event => {
  event.preventDefault();
  main.focus();
});
show();
