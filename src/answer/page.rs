//! An answer as HTML: a part of a page, or a whole page of its own to keep and to print.
//!
//! Without scripts and without anything that is loaded from elsewhere: headings, lists and links that every browser, screen
//! reader and printer understands. Every text is escaped, also those of the city: a name is a name, whatever it holds.

use std::fmt::Write;

use url::Url;

use super::building::{BuildingView, Fact, Withheld};
use super::plan::{PlanLink, PlanView};
use super::sources::ServiceLink;
use crate::texts::{Language, text};

/// What a page to keep looks like.
const STYLE: &str = include_str!("../../assets/web/answer.css");

/// What a page to keep may do: look like something.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// A text between tags or in a quoted attribute; what no text may hold becomes the replacement sign.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            '\n' | '\t' => out.push(sign),
            _ if sign.is_control() => out.push(char::REPLACEMENT_CHARACTER),
            _ => out.push(sign),
        }
    }
    out
}

/// A text of the city or of data: it cannot turn round the direction of what stands beside it.
fn said(text: &str) -> String {
    format!("<bdi>{}</bdi>", escaped(text))
}

/// A link to a web address, or to a view of this page (`#…`); the bare text where it is none.
fn link(url: &str, title: &str) -> String {
    let is_web = Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    if is_web || url.starts_with('#') {
        return format!("<a href=\"{}\" rel=\"noopener noreferrer\">{}</a>", escaped(url), said(title));
    }
    said(title)
}

/// HTML that grows, in a language.
struct Page {
    out: String,
    language: Language,
}

impl Page {
    fn new(title: &str, language: Language) -> Self {
        let out = format!("<article class=\"answer\" lang=\"{}\">\n<h1>{}</h1>\n", language.tag(), said(title));
        Self { out, language }
    }

    fn text(&self, key: &'static str) -> String {
        escaped(text(self.language, key))
    }

    fn line(&mut self, line: &str) {
        self.out += line;
        self.out.push('\n');
    }

    fn heading(&mut self, key: &'static str) {
        let heading = self.text(key);
        self.line(&format!("<h2>{heading}</h2>"));
    }

    fn paragraph(&mut self, key: &'static str) {
        let text = self.text(key);
        self.line(&format!("<p>{text}</p>"));
    }

    /// A list; none where there is nothing in it.
    fn list(&mut self, items: impl Iterator<Item = String>) {
        let items: Vec<String> = items.map(|item| format!("<li>{item}</li>\n")).collect();
        if !items.is_empty() {
            self.line(&format!("<ul>\n{}</ul>", items.concat()));
        }
    }

    fn facts(&mut self, facts: &[Fact]) {
        self.heading("page.facts");
        self.line("<dl>");
        for fact in facts {
            let no_data = || format!("<em>{}</em>", self.text("building.no_data"));
            let value = fact.value.as_deref().map_or_else(no_data, said);
            let mut line = format!("<dt>{}</dt>\n<dd>{value}", said(&fact.label));
            for (key, words) in [
                ("building.why", Some(&fact.why)),
                ("building.operation", fact.operation.as_ref()),
                ("building.legal_basis", Some(&fact.legal_basis)),
            ] {
                if let Some(words) = words.filter(|words| !words.is_empty()) {
                    // Writing to a string cannot fail.
                    let _ = write!(line, "<br><small>{} {}</small>", self.label(key), said(words));
                }
            }
            self.line(&format!("{line}</dd>"));
        }
        self.line("</dl>");
    }

    /// A text that something follows: a colon behind it, unless it is a question.
    fn label(&self, key: &'static str) -> String {
        let text = self.text(key);
        if text.ends_with('?') { text } else { text + ":" }
    }

    /// The plans of a house, each a link where `leads` knows the address of its own answer.
    fn plans(&mut self, view: &BuildingView, leads: &dyn Fn(&PlanLink) -> Option<String>) {
        let named = |plan: &PlanLink| match leads(plan) {
            Some(address) => link(&address, &plan.line()),
            None => said(&plan.line()),
        };
        self.heading("building.plans");
        self.list(view.plans.iter().map(named));
        if view.plans.is_empty() {
            self.paragraph("building.no_plans");
        }
        if !view.plans_near.is_empty() {
            self.heading("building.plans_near");
            self.list(view.plans_near.iter().map(named));
        }
    }

    fn near(&mut self, view: &BuildingView) {
        if view.near.is_empty() {
            return;
        }
        self.heading("near.heading");
        self.paragraph("near.rule");
        for group in &view.near {
            self.line(&format!("<h3>{}</h3>", said(&group.title)));
            self.list(group.places.iter().map(|near| format!("{}: {}", said(&near.name), escaped(&near.way))));
            if group.places.is_empty() {
                self.paragraph("near.none");
            }
        }
    }

    fn services(&mut self, services: &[ServiceLink]) {
        if !services.is_empty() {
            self.heading("services.heading");
            self.list(services.iter().map(|service| link(&service.url, &service.title)));
        }
    }

    fn withheld(&mut self, withheld: &[Withheld]) {
        if withheld.is_empty() {
            return;
        }
        self.heading("building.not_shown");
        self.paragraph("building.not_shown_intro");
        self.list(withheld.iter().map(|kept| {
            let (label, class) = (said(&kept.label), said(&kept.class));
            format!("{label} ({class})<br><small>{} {}</small>", said(&kept.reason), said(&kept.legal_basis))
        }));
    }

    fn sources(&mut self, view: &BuildingView) {
        if view.sources.is_empty() {
            return;
        }
        self.heading("page.sources");
        let as_of = self.text("page.as_of");
        self.list(view.sources.iter().map(|source| {
            let date = source.date.as_ref().map(|date| format!("{as_of} {}", escaped(date)));
            let licence = Some(said(&source.licence)).filter(|_| !source.licence.is_empty());
            let parts = [Some(said(&source.title)), Some(said(&source.attribution)), licence, date];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        }));
    }

    /// Where the same can be seen in the city.
    fn end(mut self, view: Option<&str>) -> String {
        if let Some(address) = view {
            let link = link(address, text(self.language, "page.view"));
            self.line(&format!("<p>{link}</p>"));
        }
        self.line("</article>");
        self.out
    }
}

/// A whole page around a part of one.
fn document(title: &str, part: &str, language: Language) -> String {
    let (tag, title) = (language.tag(), escaped(title));
    format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body>\n<main>\n{part}</main>\n</body>\n</html>\n"
    )
}

impl BuildingView {
    /// Everything as a part of an HTML page: an `article` with headings from the first level down. `view` is the address
    /// of the same view in the city: a web address, or what stands behind a page's own, from `#` on. `plan` gives such an
    /// address of what there is to say of a plan; without one its name is no link.
    pub fn as_html(
        &self,
        language: Language,
        view: Option<&str>,
        plan: &dyn Fn(&PlanLink) -> Option<String>,
    ) -> String {
        let mut page = Page::new(&self.title, language);
        page.line(&format!("<p>{}</p>", said(&self.id)));
        if let Some(notice) = &self.notice {
            page.line(&format!("<p><strong>{}</strong></p>", said(notice)));
        }
        if !self.audience.is_empty() {
            let label = page.label("building.audience");
            page.line(&format!("<p>{label} {}</p>", said(&self.audience)));
        }
        page.facts(&self.facts);
        page.plans(self, plan);
        page.near(self);
        page.services(&self.services);
        page.withheld(&self.withheld);
        page.sources(self);
        page.end(view)
    }

    /// Everything as a page of its own.
    pub fn as_page(&self, language: Language, view: Option<&str>) -> String {
        document(&self.title, &self.as_html(language, view, &|_| None), language)
    }
}

impl PlanView {
    /// Everything as a part of an HTML page, see [`BuildingView::as_html`].
    pub fn as_html(&self, language: Language, view: Option<&str>) -> String {
        let mut page = Page::new(&self.title, language);
        page.paragraph("plan.heading");
        page.line("<dl>");
        for (label, value) in &self.facts {
            page.line(&format!("<dt>{}</dt>\n<dd>{}</dd>", said(label), said(value)));
        }
        page.line("</dl>");
        if let Some(url) = &self.link {
            let link = link(url, text(language, "plan.link"));
            page.line(&format!("<p>{link}</p>"));
        }
        let basis = page.label("plan.legal_basis");
        page.line(&format!("<p><small>{basis} {}</small></p>", said(&self.legal_basis)));
        page.services(&self.services);
        if !self.attribution.is_empty() {
            page.line(&format!("<p>{}</p>", said(&self.attribution)));
        }
        page.end(view)
    }

    /// Everything as a page of its own.
    pub fn as_page(&self, language: Language, view: Option<&str>) -> String {
        document(&self.title, &self.as_html(language, view), language)
    }
}
