//! Just enough HTML reading to ask questions about what was rendered. Panics where tags do not close in order.

/// Elements that have no end tag.
const VOID: [&str; 6] = ["meta", "link", "input", "br", "hr", "img"];

/// A start tag.
#[derive(Clone, Debug)]
pub struct Tag {
    /// Name.
    pub name: String,
    /// Attributes in order.
    pub attributes: Vec<(String, String)>,
    /// Names of the elements around it, outermost first.
    pub inside: Vec<String>,
    /// The text right inside it, markup left out.
    pub text: String,
}

impl Tag {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Every element of a document, in order.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut found: Vec<Tag> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let text = &rest[..start];
        for index in &open {
            found[*index].text.push_str(text);
        }
        rest = &rest[start + 1..];
        let (inner, after) = split_tag(rest);
        rest = after;
        if inner.starts_with('!') {
            continue;
        }
        if let Some(name) = inner.strip_prefix('/') {
            let last = open.pop().unwrap_or_else(|| panic!("</{name}> closes nothing"));
            assert_eq!(found[last].name, name, "tags close in the wrong order");
            continue;
        }
        let mut tag = start_tag(inner);
        tag.inside = open.iter().map(|index| found[*index].name.clone()).collect();
        if !VOID.contains(&tag.name.as_str()) {
            open.push(found.len());
        }
        found.push(tag);
    }
    assert!(open.is_empty(), "{} stays open", found[open[0]].name);
    found
}

/// The inside of a tag, up to the first `>` outside quotes, and what follows it.
fn split_tag(rest: &str) -> (&str, &str) {
    let mut quoted = false;
    for (i, c) in rest.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return (&rest[..i], &rest[i + 1..]),
            _ => {}
        }
    }
    panic!("a tag does not end");
}

fn start_tag(inner: &str) -> Tag {
    let (name, mut rest) = inner.split_once(' ').unwrap_or((inner, ""));
    let mut attributes = Vec::new();
    while !rest.trim().is_empty() {
        rest = rest.trim_start();
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let key = rest[..end].to_owned();
        let after = rest[end..].strip_prefix("=\"");
        let (value, tail) = match after {
            Some(after) => after.split_once('"').expect("an attribute ends with a quote"),
            None => ("", &rest[end..]),
        };
        attributes.push((key, value.to_owned()));
        rest = tail;
    }
    Tag { name: name.to_owned(), attributes, inside: Vec::new(), text: String::new() }
}
