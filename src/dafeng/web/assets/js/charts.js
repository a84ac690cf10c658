// Draws the charts of a page from the JSON beside each (chart.py says what it holds). No arithmetic: what is
// drawn is what the table lists. History solid, nowcast dotted, projection dashed, gaps are gaps.
(function () {
  "use strict";

  var INK = "#1d2529", SOFT = "#56626a", LINE = "#d8dee1";
  var drawn = [];
  var font = getComputedStyle(document.body).fontFamily;

  function number(v) {
    if (v === null || v === undefined) return "";
    if (v === 0) return "0";
    var a = Math.abs(v);
    var digits = a >= 1000 ? 0 : Math.max(0, 3 - Math.floor(Math.log(a) / Math.LN10 + 1e-12));
    if (a >= 1000) { var p = Math.pow(10, Math.floor(Math.log(a) / Math.LN10) - 3); a = Math.round(a / p) * p; }
    var text = a.toFixed(Math.min(8, digits)).split(".");
    text[0] = text[0].replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    return (v < 0 ? "\u2212" : "") + text.join(".");
  }

  function axisNumber(v) {
    return (v < 0 ? "\u2212" : "") + String(Math.abs(v)).replace(/\B(?=(\d{3})+(?!\d))/g, function (m, g, at, all) {
      return all.indexOf(".") >= 0 && at > all.indexOf(".") ? "" : ",";
    });
  }

  function element(tag, className, text) {
    var e = document.createElement(tag);
    if (className) e.className = className;
    if (text) e.textContent = text;
    return e;
  }

  function styleOf(ahead) {
    return ahead === "projected" ? "dashed" : ahead === "nowcast" ? "dotted" : "solid";
  }

  // One line becomes a piece for each style; a piece begins at the last point of the one before.
  function pieces(line) {
    var found = [], i, style, piece = null, last = null;
    for (i = 0; i < line.values.length; i++) {
      style = styleOf(line.ahead[i]);
      if (!piece || piece.style !== style) {
        piece = { style: style, values: line.values.map(function () { return null; }) };
        if (last !== null && i > 0 && line.values[i - 1] !== null) piece.values[i - 1] = line.values[i - 1];
        found.push(piece);
      }
      piece.values[i] = line.values[i];
      last = line.values[i];
    }
    return found;
  }

  function tip(spec, index) {
    var box = element("div", "tip");
    box.appendChild(element("b", "", spec.x[index] + (spec.unit ? "  " + spec.unit : "")));
    var shown = 0;
    spec.lines.forEach(function (line) {
      var v = line.values[index];
      if (v === null || v === undefined) {
        if (line.role === "path" || !spec.words.absent) return;
        if (spec.lines.length > 8) return;
      }
      if (++shown > 16) return;
      var row = element("div", "row");
      var name = element("span");
      var dot = element("span", "dot");
      dot.style.background = line.colour;
      name.appendChild(dot);
      name.appendChild(document.createTextNode(line.name));
      row.appendChild(name);
      var state = line.states[index] && line.states[index] !== "observed" ? " " + (spec.words[line.states[index]] || "") : "";
      if (line.ahead[index] && line.ahead[index] !== line.states[index]) state += " " + spec.words[line.ahead[index]];
      row.appendChild(element("span", "", (v === null || v === undefined ? spec.words.absent : number(v)) + state));
      box.appendChild(row);
    });
    if (shown > 16) box.appendChild(element("div", "more", "… " + (shown - 16)));
    if (spec.band && spec.band.low[index] !== null) {
      var range = element("div", "row");
      range.appendChild(element("span", "", spec.band.name));
      range.appendChild(element("span", "", number(spec.band.low[index]) + " – " + number(spec.band.high[index])));
      box.appendChild(range);
    }
    return box;
  }

  function base(spec) {
    return {
      animation: false,
      textStyle: { fontFamily: font, color: INK, fontSize: 12 },
      aria: { enabled: false },
      grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
      tooltip: {
        trigger: "axis", confine: true, transitionDuration: 0, backgroundColor: "#fff", borderColor: "#9aa5ab", borderWidth: 1, padding: 8,
        axisPointer: { type: spec.shape === "lines" ? "line" : "shadow", lineStyle: { color: "#9aa5ab" }, shadowStyle: { color: "rgba(29,37,41,.05)" } },
        formatter: function (items) { return tip(spec, items[0].dataIndex); }
      },
      xAxis: {
        type: "category", data: spec.x, boundaryGap: spec.shape !== "lines", axisTick: { show: false },
        axisLine: { lineStyle: { color: "#9aa5ab" } }, axisLabel: { color: SOFT, fontSize: 12, hideOverlap: true }
      },
      yAxis: {
        type: "value", scale: !spec.fromZero,         axisLabel: { color: SOFT, formatter: axisNumber }, splitLine: { lineStyle: { color: LINE } }, splitNumber: 4
      }
    };
  }

  // A very long name is cut in the drawing; the tip and the table have it whole.
  function short(text) {
    return textWidth(text) <= 240 ? text : text.slice(0, text.charAt(0) > "\u2e80" ? 9 : 16) + "…" + text.slice(-(text.charAt(0) > "\u2e80" ? 6 : 12));
  }

  function textWidth(text) {
    return text.split("").reduce(function (sum, c) { return sum + (c > "\u2e80" ? 12 : 7); }, 0);
  }

  function lines(spec, width) {
    var option = base(spec);
    var values = spec.lines.filter(function (l) { return l.role !== "path"; });
    var several = values.length > 1;
    // Names stand at the ends of the lines where there is room for them, else above.
    var longest = Math.max.apply(null, values.map(function (l) { return textWidth(l.name); }));
    var direct = several && values.length <= 7 && longest < width * 0.3;
    option.series = [];
    if (spec.band) option.series.push(bandSeries(spec));
    spec.lines.forEach(function (line) {
      var path = line.role === "path";
      pieces(line).forEach(function (piece, order, all) {
        option.series.push({
          type: "line", name: line.name, data: piece.values, symbol: path ? "none" : "circle", symbolSize: 4, showSymbol: !path && spec.x.length < 40,
          connectNulls: false, color: path ? INK : line.colour, z: path ? 2 : 3,
          lineStyle: { width: path ? 1 : 2, type: piece.style, color: path ? INK : line.colour },
          endLabel: { show: direct && !path && order === all.length - 1, formatter: line.name, color: line.colour, fontSize: 12 },
          labelLayout: { moveOverlap: "shiftY" }
        });
      });
    });
    if (direct) option.grid.right = 20 + longest;
    if (several && !direct) legend(option, spec, width);
    goal(option, spec);
    return option;
  }

  function bandSeries(spec) {
    return {
      type: "custom", name: spec.band.name, data: [0], silent: true, z: 1, clip: true,
      encode: { x: -1, y: -1 },
      renderItem: function (params, api) {
        if (params.dataIndex > 0) return null;
        // Where nothing varies the band has no width; where there is no figure it ends: a gap stays a gap.
        var parts = [], upper = [], lower = [];
        function close() {
          if (upper.length > 1) parts.push({ type: "polygon", shape: { points: upper.concat(lower) }, style: { fill: "rgba(11,95,102,.14)" }, silent: true });
          upper = []; lower = [];
        }
        spec.x.forEach(function (x, i) {
          var line = spec.lines.map(function (l) { return l.role === "path" ? null : l.values[i]; }).filter(function (v) { return v !== null && v !== undefined; })[0];
          var low = spec.band.low[i] === null ? line : spec.band.low[i], high = spec.band.high[i] === null ? line : spec.band.high[i];
          if (low === undefined || high === undefined) { close(); return; }
          upper.push(api.coord([i, high]));
          lower.unshift(api.coord([i, low]));
        });
        close();
        return { type: "group", children: parts };
      }
    };
  }

  function goal(option, spec) {
    var marks = [];
    if (spec.now && spec.x.indexOf(spec.now) >= 0) {
      marks.push({ xAxis: spec.now, lineStyle: { color: "#9aa5ab", width: 1, type: "solid" }, label: { show: false } });
    }
    var on = option.series.filter(function (s) { return s.type === "line" || s.type === "bar"; })[0];
    if (!on) return;
    if (spec.goal) {
      var at = spec.x.indexOf(spec.goal.year);
      // The label keeps off the lines that lead to the mark: below it where they come from above.
      var above = spec.lines.some(function (l) { return l.role === "path" && l.values[at - 1] > spec.goal.value; });
      on.markPoint = {
        silent: true, symbol: "diamond", symbolSize: 11, itemStyle: { color: INK },
        data: [{ coord: [spec.goal.year, spec.goal.value] }],
        label: { show: true, position: at > spec.x.length * 0.75 ? "left" : "top", distance: 6, offset: at > spec.x.length * 0.75 ? [0, above ? 14 : -14] : [0, 0], formatter: spec.goal.label, color: INK, fontSize: 12, backgroundColor: "rgba(255,255,255,.85)", padding: [1, 3] }
      };
      option.grid.top = Math.max(option.grid.top, 28); // room for its label
    }
    reach(option, spec);
    if (marks.length) on.markLine = { silent: true, symbol: "none", data: marks };
  }

  // The axis reaches the target and the whole band.
  function reach(option, spec) {
    var more = spec.goal ? [spec.goal.value] : [];
    if (spec.band) more = more.concat(spec.band.low, spec.band.high).filter(function (v) { return v !== null; });
    if (!more.length) return;
    var top = Math.max.apply(null, more), low = Math.min.apply(null, more);
    option.series.push({ type: "line", data: spec.x.map(function (x, i) { return i ? (i === 1 ? low : null) : top; }), symbol: "none", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false } });
  }

  function legend(option, spec, width) {
    var names = [], seen = {};
    spec.lines.forEach(function (l) {
      var n = l.role === "rest" ? spec.words.rest : l.name;
      if (!seen[n]) { seen[n] = 1; names.push({ name: n, icon: "rect" }); }
    });
    if (names.length < 2) return;
    var total = names.reduce(function (sum, n) { return sum + textWidth(short(n.name)) + 34; }, 0);
    var rows = Math.max(1, Math.ceil(total / (width - 24)));
    option.legend = { type: rows > 3 ? "scroll" : "plain", top: 0, left: 0, right: 0, itemWidth: 12, itemHeight: 12, itemGap: 14, data: names, formatter: short, textStyle: { color: INK, fontSize: 12 }, pageIconSize: 10 };
    option.grid.top = rows > 3 ? 40 : 18 + 22 * rows;
  }

  function bars(spec, width, decals) {
    var option = base(spec);
    option.series = spec.lines.map(function (line) {
      return {
        type: "bar", name: line.role === "rest" ? spec.words.rest : line.name, stack: spec.shape === "stack" ? "all" : undefined,
        barMaxWidth: spec.shape === "stack" ? 36 : 22, barCategoryGap: "30%", color: line.colour,
        data: line.values.map(function (v, i) {
          var state = line.states[i], ahead = line.ahead[i];
          if (ahead) return { value: v, itemStyle: { opacity: 0.5 } };
          if (state !== "estimated" && state !== "default" && state !== "incomplete") return v;
          return { value: v, itemStyle: { decal: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4, color: "rgba(255,255,255,.38)" } } };
        }),
        itemStyle: { borderColor: "#fff", borderWidth: spec.shape === "stack" ? 0.5 : 0 }
      };
    });
    if (decals) option.aria = { enabled: true, label: { enabled: false }, decal: { show: true } };
    legend(option, spec, width);
    goal(option, spec);
    return option;
  }

  function sankey(spec, wide) {
    var names = {};
    spec.nodes.forEach(function (n) { names[n.id] = n.name; });
    var fed = {};
    spec.links.forEach(function (l) { fed[l.target] = 1; });
    function side(left) {
      return Math.max.apply(null, [40].concat(spec.nodes.filter(function (n) { return !fed[n.id] === left; }).map(function (n) { return textWidth(n.name); })));
    }
    return {
      animation: false, textStyle: { fontFamily: font, color: INK, fontSize: 12 },
      tooltip: {
        trigger: "item", confine: true, transitionDuration: 0, backgroundColor: "#fff", borderColor: "#9aa5ab", borderWidth: 1, padding: 8,
        formatter: function (item) {
          var box = element("div", "tip");
          var d = item.data;
          box.appendChild(element("b", "", d.source ? names[d.source] + " → " + names[d.target] : names[item.name]));
          box.appendChild(element("div", "", number(item.value) + " " + spec.unit));
          return box;
        }
      },
      series: [{
        type: "sankey", left: 12 + side(true), right: 12 + side(false), top: 8, bottom: 8, nodeWidth: 12, nodeGap: wide ? 12 : 8, layoutIterations: 48, draggable: false,
        emphasis: { focus: "adjacency" },
        data: spec.nodes.map(function (n) {
          return { name: n.id, itemStyle: { color: n.colour, borderWidth: 0 }, label: { position: fed[n.id] ? "right" : "left" } };
        }),
        links: spec.links, lineStyle: { color: "source", opacity: 0.35, curveness: 0.5 },
        label: { color: INK, fontSize: 12, formatter: function (p) { return names[p.name]; } }
      }]
    };
  }

  function option(entry, decals) {
    var wide = entry.box.clientWidth > 560;
    var spec = entry.spec;
    if (spec.shape === "sankey") return sankey(spec, wide);
    if (spec.shape === "lines") return lines(spec, entry.box.clientWidth);
    return bars(spec, entry.box.clientWidth, decals);
  }

  function show(entry, decals) {
    entry.chart.setOption(option(entry, decals), true);
    if (entry.spec.shape === "lines") cut(entry);
  }

  // An axis that does not begin at zero is broken where it stands, and says so.
  function cut(entry) {
    var axis = entry.chart.getModel().getComponent("yAxis", 0).axis;
    var low = axis.scale.getExtent()[0];
    if (low <= 0) return;
    var at = entry.chart.convertToPixel({ xAxisIndex: 0, yAxisIndex: 0 }, [0, low]);
    var x = at[0], y = at[1];
    entry.chart.setOption({
      graphic: [
        { type: "rect", silent: true, z: 50, shape: { x: x - 5, y: y - 14, width: 10, height: 8 }, style: { fill: "#fff" } },
        { type: "polyline", silent: true, z: 51, shape: { points: [[x - 5, y - 6], [x + 5, y - 9], [x - 5, y - 12], [x + 5, y - 15]] }, style: { stroke: SOFT, fill: "none", lineWidth: 1 } }
      ]
    });
    var sub = entry.box.closest("[data-figure]").querySelector(".sub");
    if (sub && !entry.said) {
      entry.said = true;
      entry.spec.subtitle += entry.spec.words.cut;
      sub.appendChild(document.createTextNode(entry.spec.words.cut));
    }
  }

  function draw(entry) {
    if (!entry.box.clientWidth) return;
    if (!entry.chart) {
      entry.canvas = element("div", "canvas");
      entry.box.appendChild(entry.canvas);
      entry.canvas.style.height = "100%";
      entry.chart = window.echarts.init(entry.canvas, null, { renderer: "canvas" });
      entry.width = entry.box.clientWidth;
      show(entry, false);
      entry.box.setAttribute("data-drawn", "");
    } else if (entry.width !== entry.box.clientWidth) {
      entry.width = entry.box.clientWidth;
      entry.chart.resize();
      show(entry, false);
    }
  }

  function drawAll() { drawn.forEach(draw); }

  function find(root) {
    Array.prototype.forEach.call(root.querySelectorAll("[data-chart]"), function (box) {
      if (box.hasAttribute("data-found")) return;
      box.setAttribute("data-found", "");
      drawn.push({ box: box, spec: JSON.parse(box.querySelector("script").textContent) });
    });
    drawAll();
  }

  // The picture carries title, unit, place, state of the data and the demonstration mark, as every download does.
  function picture(id) {
    var entry = drawn.filter(function (e) { return e.box.closest("[data-figure]").id === id; })[0];
    if (!entry) return;
    var hidden = entry.box.parentNode.hasAttribute("data-closed");
    if (hidden) entry.box.parentNode.removeAttribute("data-closed");
    draw(entry);
    var image = new Image();
    var width = entry.box.clientWidth, height = entry.box.clientHeight, scale = 2, top = 52;
    var notes = (document.body.getAttribute("data-notes") || "").split("\n").filter(Boolean);
    var url = entry.chart.getDataURL({ type: "png", pixelRatio: scale, backgroundColor: "#fff" });
    if (hidden) entry.box.parentNode.setAttribute("data-closed", "");
    image.onload = function () {
      var sheet = document.createElement("canvas");
      sheet.width = width * scale;
      sheet.height = (top + height + 12 + 18 * notes.length) * scale;
      var c = sheet.getContext("2d");
      c.scale(scale, scale);
      c.fillStyle = "#fff";
      c.fillRect(0, 0, sheet.width, sheet.height);
      c.fillStyle = INK;
      c.font = "700 15px " + font;
      c.fillText(entry.spec.title, 8, 20, width - 16);
      c.fillStyle = SOFT;
      c.font = "12px " + font;
      c.fillText(entry.spec.subtitle, 8, 40, width - 16);
      c.drawImage(image, 0, top, width, height);
      notes.forEach(function (note, i) { c.fillText(note, 8, top + height + 16 + 18 * i, width - 16); });
      sheet.toBlob(function (blob) {
        var a = document.createElement("a");
        a.href = URL.createObjectURL(blob);
        a.download = id + ".png";
        document.body.appendChild(a);
        a.click();
        document.body.removeChild(a);
        setTimeout(function () { URL.revokeObjectURL(a.href); }, 10000);
      }, "image/png");
    };
    image.src = url;
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-png]");
    if (button) picture(button.getAttribute("data-png"));
  });
  document.addEventListener("dafeng:shown", drawAll);
  document.addEventListener("htmx:afterSettle", function (event) { find(event.target); });

  var waiting;
  window.addEventListener("resize", function () { clearTimeout(waiting); waiting = setTimeout(drawAll, 100); });
  window.addEventListener("beforeprint", function () {
    drawn.forEach(function (e) { if (e.chart && e.spec.shape !== "lines" && e.spec.shape !== "sankey") show(e, true); });
  });
  window.addEventListener("afterprint", function () {
    drawn.forEach(function (e) { if (e.chart) show(e, false); });
  });

  find(document);
})();
