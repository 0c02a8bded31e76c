// What the report's page does by itself: plays a recording when asked, and opens what is folded before it is printed.

/** Plain JavaScript for browsers, in the page itself. `AsciinemaPlayer` is the player's script, which comes before it. */
export const script = `
(() => {
  'use strict';
  document.documentElement.classList.add('scripted');
  const casts = JSON.parse(document.getElementById('casts').textContent);
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-cast]');
    if (button === null) return;
    const host = button.parentElement.nextElementSibling;
    button.disabled = true;
    AsciinemaPlayer.create({data: casts[Number(button.dataset.cast)]}, host, {
      autoPlay: true,
      fit: 'width',
      terminalFontSize: 'small',
      idleTimeLimit: 1,
      terminalFontFamily: 'ui-monospace,Menlo,Consolas,DejaVu Sans Mono,D2Coding,NanumGothicCoding,monospace',
    });
  });
  const closed = [];
  addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll('details:not([open])')) {
      details.open = true;
      closed.push(details);
    }
  });
  addEventListener('afterprint', () => {
    for (const details of closed.splice(0)) details.open = false;
  });
})();
`;
