// Keys: 1–8 open a page of the navigation, / goes to the search field, p prints. Never while typing.
(function () {
  "use strict";

  document.addEventListener("keydown", function (event) {
    var at = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (at && (at.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName))) return;
    if (/^[1-8]$/.test(event.key)) {
      var link = document.querySelector('nav.main a[data-key="' + event.key + '"]');
      if (link) { event.preventDefault(); link.click(); }
    } else if (event.key === "/") {
      var field = document.querySelector('main input[type="search"]');
      if (field) { event.preventDefault(); field.focus(); }
    } else if (event.key === "p") {
      event.preventDefault();
      window.print();
    }
  });
})();
