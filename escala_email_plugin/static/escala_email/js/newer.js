/* Asks now and then whether mail came, and offers to show it. Nothing that is being read moves by itself. */
(function () {
    const { Controller } = window.StimulusModule;

    class NewerController extends Controller {
        static targets = ['bar', 'button', 'text'];

        static values = {
            src: String,
            // A list that is looked at for long is asked about less and less often.
            pause: { type: Number, default: 15000 },
            longest: { type: Number, default: 120000 },
        };

        connect() {
            this.seen = () => {
                if (!document.hidden && this.due < Date.now()) this.look();
            };
            document.addEventListener('visibilitychange', this.seen);
        }

        disconnect() {
            document.removeEventListener('visibilitychange', this.seen);
            clearTimeout(this.timer);
        }

        /** The list shows everything up to `newest`. What is narrowed would be told of mail it does not show. */
        watch({ detail: { newest, isNarrowed } }) {
            this.rest();
            this.newest = newest;
            this.after = '';
            this.current = this.pauseValue;
            if (newest && !isNarrowed) this.plan(2000);
        }

        plan(pause = this.current) {
            clearTimeout(this.timer);
            this.due = Date.now() + pause;
            this.timer = setTimeout(() => this.look(), pause);
        }

        async look() {
            const isSeen = !document.hidden && this.element.offsetParent !== null;
            if (isSeen && !(await this.ask())) return;
            this.current = Math.min(this.current * 1.25, this.longestValue);
            if (this.element.isConnected) this.plan();
        }

        /** Whether it makes sense to ask once more. */
        async ask() {
            const { newest } = this;
            const params = new URLSearchParams({ shown: newest, after: this.after });
            try {
                const response = await fetch(`${this.srcValue}?${params}`, {
                    headers: { 'X-Requested-With': 'XMLHttpRequest' },
                });
                // Who may not any more, or is signed out, hears of it by what they do next.
                if ([403, 404].includes(response.status) || response.redirected) {
                    this.due = Infinity;
                    return false;
                }
                if (!response.ok) throw new Error(response.status);
                const { count, after, said } = await response.json();
                if (newest !== this.newest) return false;
                // What was announced once stays new until it is shown.
                if (!count) this.after = after;
                else this.announce(said);
            } catch {
                this.current *= 2;
            }
            return true;
        }

        announce(said) {
            if (this.textTarget.textContent === said && !this.buttonTarget.hidden) return;
            this.textTarget.textContent = said;
            this.buttonTarget.hidden = false;
        }

        /** Until the list is there. */
        rest() {
            clearTimeout(this.timer);
            this.due = Infinity;
            this.newest = '';
            this.buttonTarget.hidden = true;
            this.textTarget.textContent = '';
        }

        show() {
            this.buttonTarget.setAttribute('aria-disabled', 'true');
            this.dispatch('show', { cancelable: false });
            this.buttonTarget.removeAttribute('aria-disabled');
        }
    }

    window.wagtail.app.register('escala-newer', NewerController);
})();
