'use strict';
(() => {
  const input = document.getElementById('words');
  const found = document.getElementById('found');
  const rows = Array.from(document.querySelectorAll('section[data-table] tbody tr'))
      .map((row) => ({row, text: row.textContent.toLowerCase()}));
  const sections = Array.from(document.querySelectorAll('section[data-table]'));
  const narrow = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter((word) => word !== '');
    let shown = 0;
    for (const {row, text} of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) ++shown;
    }
    for (const section of sections) {
      const none = section.querySelector('.none');
      if (none === null) continue;
      none.hidden = section.querySelector('tbody tr:not([hidden])') !== null;
    }
    found.textContent = words.length === 0 ? `${rows.length} rows` : `${shown} of ${rows.length} rows`;
  };
  input.addEventListener('input', narrow);
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && event.target !== input) {
      event.preventDefault();
      input.focus();
    } else if (event.key === 'Escape' && event.target === input) {
      input.value = '';
      narrow();
    }
  });
  document.querySelector('.filter').hidden = false;
  narrow();
})();
