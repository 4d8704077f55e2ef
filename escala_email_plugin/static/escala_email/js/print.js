/* Opens the print dialog once every text is there, as long as it is; its quotations unfold by a tick. */
(function () {
    /** So long one text may keep the others waiting. */
    const PATIENCE = 15000;

    const quotes = document.getElementById('quotes');

    function fit(frame) {
        const inner = frame.contentDocument;
        if (!inner || !inner.body) return;
        inner.querySelectorAll('details').forEach((one) => {
            one.open = !one.classList.contains('escala-quote') || Boolean(quotes?.checked);
        });
        frame.style.height = ''; // else it is never less than it was
        const height = Math.max(inner.body.scrollHeight, inner.documentElement.scrollHeight);
        frame.style.height = `${height + 2}px`;
    }

    function isThere(frame) {
        const inner = frame.contentDocument;
        return inner && inner.readyState === 'complete' && inner.URL !== 'about:blank';
    }

    function ready(frame) {
        return new Promise((resolve) => {
            const done = () => {
                fit(frame);
                resolve();
            };
            if (isThere(frame)) {
                done();
                return;
            }
            frame.addEventListener('load', done, { once: true });
            setTimeout(resolve, PATIENCE);
        });
    }

    const frames = [...document.querySelectorAll('iframe')];
    document.getElementById('print').addEventListener('click', () => window.print());
    quotes?.addEventListener('change', () => frames.forEach(fit));
    window.addEventListener('beforeprint', () => frames.forEach(fit));
    Promise.all(frames.map(ready)).then(() => {
        document.documentElement.dataset.ready = 'true';
        window.print();
    });
})();
