// What does not fit on the page: elements over the edge of the window that no scrolling box holds, and texts cut off silently.
(() => {
  const edge = document.documentElement.clientWidth;
  const tell = (what, element) => {
    const name = element.dataset.testid ?? (element.className.baseVal ?? element.className);
    const box = element.getBoundingClientRect();
    const text = (element.textContent ?? '').trim().slice(0, 40);
    return `${what}: <${element.localName} ${name}> ${Math.round(box.left)}..${Math.round(box.right)} of ${edge} "${text}"`;
  };
  const found = [];
  if (document.documentElement.scrollWidth > edge) {
    found.push(`the page is ${document.documentElement.scrollWidth} wide, the window ${edge}`);
  }
  for (const element of document.body.querySelectorAll('*')) {
    const style = getComputedStyle(element);
    if (!element.checkVisibility() || element.closest('.visually-hidden') || style.position === 'fixed') continue;
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    let holder = element.parentElement;
    while (holder && getComputedStyle(holder).overflowX === 'visible') holder = holder.parentElement;
    const held = holder && holder !== document.body && holder !== document.documentElement;
    if (!held && (box.right > edge + 1 || box.left < -1)) found.push(tell('over the edge', element));
    if (['input', 'textarea', 'select'].includes(element.localName)) continue;
    const cuts = ['hidden', 'clip'].includes(style.overflowX) && style.textOverflow !== 'ellipsis';
    if (cuts && element.scrollWidth > element.clientWidth + 1 && box.width > 2) found.push(tell('cut', element));
  }
  return found;
})()
