// Put into a copy of the report by browser.t: finds what reaches beyond the page, and plots without their figures as
// text, and tells the page that frames this one. What lies in a box that scrolls may be wide.
addEventListener("error", (event) => parent.postMessage("error: " + event.message, "*"));
addEventListener("load", () => {
    const found = [];
    const name = (e) => {
        const text = e.textContent.trim().replace(/\s+/g, " ").slice(0, 30);
        return e.tagName.toLowerCase() + "." + (e.getAttribute("class") || "") + " '" + text + "'";
    };
    const scrolls = (e) => e && getComputedStyle(e).overflowX !== "visible";
    const onPaper = document.documentElement.dataset.media === "print";
    for (const details of document.querySelectorAll("details")) details.open = !onPaper;
    const width = document.documentElement.clientWidth, all = document.documentElement.scrollWidth;
    if (all > width) found.push("overflow: the page is " + all + " wide");
    for (const e of document.querySelectorAll("body *")) {
        const box = e.getBoundingClientRect();
        const out = e.checkVisibility() && box.width && (box.right > width + 1 || box.left < -1);
        if (out && !scrolls(e.parentElement.closest(".scroll, pre")))
            found.push("overflow: " + name(e) + " from " + Math.round(box.left) + " to " + Math.round(box.right));
    }
    const plots = document.querySelectorAll("svg[role=img]").length;
    for (const svg of document.querySelectorAll("svg:not([aria-hidden=true])")) {
        if (!/[0-9]/.test(svg.getAttribute("aria-label") || ""))
            found.push("plot without figures: in " + name(svg.parentElement));
    }
    parent.postMessage("width " + width + ", " + plots + " plots\n" + found.slice(0, 20).join("\n"), "*");
});
