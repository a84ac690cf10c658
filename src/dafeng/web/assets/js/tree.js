// The plus of a tree opens the inputs below it; htmx fetches a level the first time.
(function () {
  "use strict";

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("button.toggle");
    if (!button) return;
    var open = button.getAttribute("aria-expanded") !== "true";
    var inputs = button.parentNode.nextElementSibling;
    button.setAttribute("aria-expanded", open ? "true" : "false");
    if (open) inputs.removeAttribute("data-closed"); else inputs.setAttribute("data-closed", "");
  });
})();
