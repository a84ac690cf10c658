// Filters send themselves on change; the button for that stays for pages without scripts. Printing has a button.
(function () {
  "use strict";

  document.addEventListener("change", function (event) {
    var form = event.target.form;
    if (form && form.hasAttribute("data-submit") && event.target.tagName === "SELECT") {
      // An empty choice does not belong in the address.
      Array.prototype.forEach.call(form.elements, function (field) {
        if (field.name && field.value === "") field.disabled = true;
      });
      form.submit();
    }
  });
  // Back brings a page from memory with its fields still switched off.
  window.addEventListener("pageshow", function () {
    Array.prototype.forEach.call(document.querySelectorAll("form[data-submit] :disabled"), function (field) {
      field.disabled = false;
    });
  });

  Array.prototype.forEach.call(document.querySelectorAll("[data-print]"), function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
