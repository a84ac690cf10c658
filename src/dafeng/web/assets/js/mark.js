// Marks the page as scripted before it is drawn, so that nothing jumps.
document.documentElement.className += " js";
