/* What a message is besides its text: fetched once it is open, and put above the text and below it. No text is in
 * here: it comes by the page. */
(function () {
    const { Controller } = window.StimulusModule;

    class CardsController extends Controller {
        static targets = ['above', 'below', 'failed'];

        static values = { url: String };

        connect() {
            this.message = this.element.closest('details');
            this.toggled = () => this.look();
            this.message.addEventListener('toggle', this.toggled);
            this.look();
        }

        disconnect() {
            this.message.removeEventListener('toggle', this.toggled);
        }

        look() {
            if (this.message.open && !this.asked) this.load();
        }

        async load() {
            this.asked = true;
            this.failedTarget.hidden = true;
            try {
                const response = await fetch(this.urlValue, {
                    headers: { 'X-Requested-With': 'XMLHttpRequest' },
                });
                // Who is sent on to another page (the way in) has nothing to show here.
                if (!response.ok || response.redirected) throw new Error(response.status);
                const told = document.createElement('template');
                told.innerHTML = await response.text();
                this.put(this.aboveTarget, told.content.querySelector('[data-part="above"]'));
                this.put(this.belowTarget, told.content.querySelector('[data-part="below"]'));
            } catch {
                this.failedTarget.hidden = false;
            }
        }

        put(place, part) {
            place.replaceChildren(...part.children);
            place.hidden = !place.childElementCount;
        }
    }

    window.wagtail.app.register('escala-cards', CardsController);
})();
