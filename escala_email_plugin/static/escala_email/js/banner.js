/* Says at the top of every admin page that a mailbox must be connected again. What it says comes from the server,
 * which is asked once a minute at most, and quietly: no page may suffer for it. */
(function () {
    const { src } = document.currentScript.dataset;
    const ours = new URL('..', new URL(src, window.location.href)).pathname;
    const MINUTE = 60000;
    const ANSWER = 'escala-banner';
    const DISMISSED = 'escala-banner-dismissed';

    /** The session's own memory; without one it is asked each time. */
    const memory = {
        read(name) {
            try {
                return JSON.parse(window.sessionStorage.getItem(name));
            } catch {
                return null;
            }
        },
        write(name, value) {
            try {
                window.sessionStorage.setItem(name, JSON.stringify(value));
            } catch {
                // Storage may be off or full.
            }
        },
    };

    async function answer() {
        const known = memory.read(ANSWER);
        const young = known && Math.abs(Date.now() - known.at) < MINUTE;
        // On our own pages the mailbox may just have been connected.
        if (young && !window.location.pathname.startsWith(ours)) return known.html;
        const response = await fetch(src, { headers: { 'X-Requested-With': 'XMLHttpRequest' } });
        if (!response.ok || response.redirected) return '';
        const html = response.status === 204 ? '' : await response.text();
        memory.write(ANSWER, { at: Date.now(), html });
        return html;
    }

    function show(html, content) {
        const made = document.createElement('template');
        made.innerHTML = html;
        const banner = made.content.querySelector('[data-escala-banner]');
        if (!banner || memory.read(DISMISSED) === banner.dataset.escalaBanner) return;
        banner.querySelector('[data-escala-banner-dismiss]').addEventListener('click', () => {
            memory.write(DISMISSED, banner.dataset.escalaBanner);
            banner.remove();
            // Who came here with the keyboard goes on with the page.
            content.tabIndex = -1;
            content.focus();
        });
        content.prepend(banner);
    }

    const content = document.querySelector('#main .content');
    if (!content || !document.querySelector('[data-wagtail-sidebar]')) {
        // Nobody is logged in: whoever comes next must not be told of this one's mailbox.
        memory.write(ANSWER, null);
        return;
    }
    answer()
        .then((html) => show(html, content))
        .catch(() => {});
})();
