// Tabs of a figure: arrow keys move, the chosen one is shown. The panels stand in the page without this too.
(function () {
  "use strict";

  function choose(tab, focus) {
    var list = tab.closest("[role=tablist]");
    Array.prototype.forEach.call(list.querySelectorAll("[role=tab]"), function (other) {
      var on = other === tab;
      var panel = document.getElementById(other.getAttribute("aria-controls"));
      other.setAttribute("aria-selected", on ? "true" : "false");
      if (on) other.removeAttribute("tabindex"); else other.setAttribute("tabindex", "-1");
      if (panel) {
        if (on) panel.removeAttribute("data-closed"); else panel.setAttribute("data-closed", "");
      }
    });
    if (focus) tab.focus();
    document.dispatchEvent(new CustomEvent("dafeng:shown"));
  }

  document.addEventListener("click", function (event) {
    var tab = event.target.closest && event.target.closest("[role=tab]");
    if (tab) choose(tab, false);
  });

  document.addEventListener("keydown", function (event) {
    var tab = event.target.closest && event.target.closest("[role=tab]");
    if (!tab) return;
    var tabs = Array.prototype.slice.call(tab.closest("[role=tablist]").querySelectorAll("[role=tab]"));
    var at = tabs.indexOf(tab);
    var to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(tabs[(to + tabs.length) % tabs.length], true);
  });
})();
