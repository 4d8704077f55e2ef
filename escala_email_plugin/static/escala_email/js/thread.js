/* An opened conversation: unfolding, what was read, links to copy. No text is in here: it comes by the page. */
(function () {
    const { Controller } = window.StimulusModule;

    /** What a reader has had before them so long, in milliseconds, was shown to them. */
    const SEEN = 1000;

    function post(url, fields) {
        const { CSRF_HEADER_NAME, CSRF_TOKEN } = JSON.parse(
            document.getElementById('wagtail-config').textContent,
        );
        return fetch(url, {
            method: 'POST',
            body: new URLSearchParams(fields),
            headers: { 'X-Requested-With': 'XMLHttpRequest', [CSRF_HEADER_NAME]: CSRF_TOKEN },
        });
    }

    /** All messages of a conversation. */
    class ThreadController extends Controller {
        static targets = ['message', 'gap', 'all', 'said', 'copied', 'copyable'];

        static values = { read: String, until: String };

        connect() {
            this.observer = new IntersectionObserver((entries) => {
                clearTimeout(this.timer);
                if (entries.some(({ isIntersecting }) => isIntersecting)) {
                    this.timer = setTimeout(() => this.mark(), SEEN);
                }
            });
            this.observer.observe(this.element);
            // It does not bubble.
            this.element.addEventListener('toggle', this.name, true);
            this.name();
        }

        disconnect() {
            this.element.removeEventListener('toggle', this.name, true);
            clearTimeout(this.timer);
            this.observer.disconnect();
        }

        /** Says that what had come by then is read. A failure is no matter: it stays unread. */
        async mark() {
            if (document.hidden) {
                this.timer = setTimeout(() => this.mark(), SEEN);
                return;
            }
            this.observer.disconnect();
            try {
                const response = await post(this.readValue, { until: this.untilValue });
                if (response.ok) this.dispatch('read', { cancelable: false });
            } catch {
                // Shown again, it is marked again.
            }
        }

        /** What is not there yet comes when it is first to be seen. */
        unfold({ target }) {
            if (!target.open || target.dataset.unfolded) return;
            target.dataset.unfolded = 'true';
            target.querySelector('.escala-gap__more button')?.click();
        }

        get isUnfolded() {
            return [...this.gapTargets, ...this.messageTargets].every(({ open }) => open);
        }

        /** One button: it unfolds what is folded, and folds all once nothing is. */
        all() {
            const open = !this.isUnfolded;
            this.unfoldsAll = open;
            [...this.gapTargets, ...this.messageTargets].forEach((one) => {
                one.open = open;
            });
            this.name();
        }

        /** What comes while all is unfolded is, too. */
        messageTargetConnected(message) {
            if (this.unfoldsAll) message.open = true;
        }

        name = () => {
            if (!this.hasAllTarget) return;
            const { fold, unfold } = this.allTarget.dataset;
            this.allTarget.textContent = this.isUnfolded ? fold : unfold;
        };

        async copy({ currentTarget }) {
            const url = this.link(currentTarget.dataset);
            try {
                await navigator.clipboard.writeText(url);
                this.say(this.copiedTarget);
            } catch {
                // Without the permission, or without TLS: it is there to be copied by hand.
                this.say(this.copyableTarget);
                const field = this.saidTarget.querySelector('input');
                field.value = url;
                field.focus();
                field.select();
            }
        }

        link({ link, thread, message }) {
            if (link) return new URL(link, window.location.href).href;
            const url = new URL(window.location.href);
            url.searchParams.set('email_thread', thread);
            if (message) url.searchParams.set('email_message', message);
            return url.href;
        }

        say(template) {
            this.saidTarget.replaceChildren(template.content.cloneNode(true));
        }
    }

    /** One message, of which nothing is fetched before it is open. */
    class MessageController extends Controller {
        static targets = ['frame', 'failed'];

        connect() {
            this.toggle();
        }

        toggle() {
            const gap = this.element.parentElement.closest('.escala-gap');
            if (this.element.open && gap) gap.open = true;
            if (this.element.open && this.hasFrameTarget && !this.frameTarget.getAttribute('src')) this.load();
        }

        load() {
            this.frameTarget.setAttribute('aria-busy', 'true');
            this.frameTarget.src = this.frameTarget.dataset.src;
        }

        /** A text brings its own policy; what else may be in the frame (an error, the way in) does not. */
        check() {
            if (!this.frameTarget.getAttribute('src')) return;
            this.frameTarget.removeAttribute('aria-busy');
            const inner = this.frameTarget.contentDocument;
            const isText = inner && inner.querySelector('meta[http-equiv="Content-Security-Policy" i]');
            this.failedTarget.hidden = Boolean(isText);
            this.frameTarget.hidden = !isText;
        }

        again() {
            this.failedTarget.hidden = true;
            this.frameTarget.hidden = false;
            this.load();
        }
    }

    window.wagtail.app.register('escala-thread', ThreadController);
    window.wagtail.app.register('escala-message', MessageController);
})();
