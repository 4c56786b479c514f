"use strict";
// Search and filters of a month's list: rows stand in the page, nothing is fetched.
(() => {
  const rows = [...document.querySelectorAll("#list tbody tr")], words = document.getElementById("words");
  const choices = [...document.querySelectorAll("select[data-column]")], shown = document.getElementById("shown");
  const folded = text => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
  const texts = rows.map(row => folded(row.textContent));
  const apply = () => {
    const wanted = folded(words.value);
    let count = 0;
    rows.forEach((row, at) => {
      const fits = texts[at].includes(wanted) && choices.every(choice => choice.value === "" || row.cells[choice.dataset.column].textContent === choice.value);
      row.hidden = !fits;
      if (fits) count++;
    });
    shown.textContent = count === rows.length ? `共 ${rows.length} 项` : `符合 ${count} 项，共 ${rows.length} 项`;
  };
  words.addEventListener("input", apply);
  for (const choice of choices) choice.addEventListener("change", apply);
  document.getElementById("tools").hidden = false;
  apply();
})();
