//! A check of our own of checkup documents against the StructureDefinitions of eCheckupReport: validators at hand do not look into a
//! document. It reads the snapshots: how often an element may be there, fixed values, patterns and slices; and it follows references.

use serde_json::{Map, Value};
use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
    process::Command,
};

const BUNDLE: &str = "http://jpfhir.jp/fhir/eCheckup/StructureDefinition/JP_Bundle_eCheckupGeneral";
/// Entries that the validator of others can judge, and does.
const JUDGED_ELSEWHERE: &str = "Observation";

/// StructureDefinitions by their address.
pub struct Profiles(HashMap<String, Value>);

impl Profiles {
    /// Those of eCheckupReport; none when the package is not at hand.
    pub fn of_checkups() -> Option<Self> {
        let Some(data) = std::env::var_os("TECHO_TEST_DATA") else {
            println!("skipped: TECHO_TEST_DATA is not set, so there is no profile to judge by");
            return None;
        };
        let package = Path::new(&data).join("fhir/jp-eChekupReport.r4.tgz");
        let folder = tempfile::tempdir().unwrap();
        let untar = Command::new("tar").arg("-xzf").arg(package).arg("-C").arg(folder.path()).status();
        assert!(untar.unwrap().success(), "the package can be unpacked");
        let files = std::fs::read_dir(folder.path().join("package")).unwrap().map(|file| file.unwrap());
        let definitions =
            files.filter(|file| file.file_name().to_string_lossy().starts_with("StructureDefinition-"));
        let read = |file: std::fs::DirEntry| {
            let body: Value = serde_json::from_slice(&std::fs::read(file.path()).unwrap()).unwrap();
            (body["url"].as_str().unwrap().to_owned(), body)
        };
        Some(Self(definitions.map(read).collect()))
    }

    /// What is wrong with a checkup document, as sentences.
    pub fn faults(&self, document: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        if !named(document).contains(&BUNDLE) {
            faults.push("Bundle: it does not name its profile".to_owned());
        }
        let inside = list(&document["entry"]).map(|entry| &entry["resource"]);
        for resource in std::iter::once(document).chain(inside) {
            if resource["resourceType"] == JUDGED_ELSEWHERE {
                continue;
            }
            let known: Vec<&Value> = named(resource).iter().filter_map(|url| self.0.get(*url)).collect();
            if known.is_empty() {
                faults.push(format!("{}: no profile that is known", resource["resourceType"]));
            }
            for profile in known {
                faults.extend(judged(profile, resource));
            }
        }
        faults.extend(broken_links(document));
        faults
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn named(resource: &Value) -> Vec<&str> {
    list(&resource["meta"]["profile"]).filter_map(Value::as_str).collect()
}

/// A document begins with its Composition, holds whatever it points at, and nothing that nothing points at.
fn broken_links(document: &Value) -> Vec<String> {
    let urls: Vec<&str> = list(&document["entry"]).filter_map(|entry| entry["fullUrl"].as_str()).collect();
    let mut pointed = BTreeSet::new();
    references(document, &mut pointed);
    let mut faults: Vec<String> = pointed
        .iter()
        .filter(|reference| !urls.contains(&reference.as_str()))
        .map(|reference| format!("Bundle: {reference} leads nowhere"))
        .collect();
    let unused = urls.iter().skip(1).filter(|url| !pointed.contains(**url));
    faults.extend(unused.map(|url| format!("Bundle: nothing points at {url}")));
    if document["entry"][0]["resource"]["resourceType"] != "Composition" {
        faults.push("Bundle: it does not begin with a Composition".to_owned());
    }
    if urls.iter().collect::<BTreeSet<_>>().len() != list(&document["entry"]).count() {
        faults.push("Bundle: an entry has no fullUrl of its own".to_owned());
    }
    faults
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(parts) => {
            found.extend(parts.get("reference").and_then(Value::as_str).map(str::to_owned));
            parts.values().for_each(|part| references(part, found));
        }
        Value::Array(parts) => parts.iter().for_each(|part| references(part, found)),
        _ => {}
    }
}

fn judged(profile: &Value, resource: &Value) -> Vec<String> {
    let elements = list(&profile["snapshot"]["element"]);
    let elements = elements.map(|element| (element["id"].as_str().unwrap(), element)).collect();
    let mut judge = Judge { elements, faults: Vec::new() };
    judge.look_into(resource, profile["type"].as_str().unwrap());
    judge.faults
}

/// Goes through a resource along the elements of a snapshot.
struct Judge<'a> {
    elements: Vec<(&'a str, &'a Value)>,
    faults: Vec<String>,
}

impl<'a> Judge<'a> {
    /// Elements whose id continues another one by a mark and a name.
    fn after(&self, id: &str, mark: char) -> Vec<(&'a str, &'a Value, &'a str)> {
        let next = |(known, element): &(&'a str, &'a Value)| {
            let name = known.strip_prefix(id)?.strip_prefix(mark)?;
            (!name.contains(['.', ':'])).then_some((*known, *element, name))
        };
        self.elements.iter().filter_map(next).collect()
    }

    fn element(&self, id: &str) -> Option<&'a Value> {
        self.elements.iter().find(|(known, _)| *known == id).map(|(_, element)| *element)
    }

    fn look_into(&mut self, value: &Value, id: &str) {
        let Some(parts) = value.as_object() else { return };
        for (child, element, name) in self.after(id, '.') {
            let found = values(parts, name);
            self.compare(child, element, &found);
            let slices = self.after(child, ':');
            let mut left: BTreeSet<usize> = (0..found.len()).collect();
            for (slice, of_slice, _) in slices {
                let fits: Vec<usize> =
                    (0..found.len()).filter(|at| self.belongs(found[*at], slice, element)).collect();
                let members: Vec<&Value> = fits.iter().map(|at| found[*at]).collect();
                self.compare(slice, of_slice, &members);
                fits.iter().for_each(|at| _ = left.remove(at));
            }
            if element["slicing"]["rules"] == "closed" && !left.is_empty() {
                self.faults.push(format!("{child}: {} of no kind that the profile knows", left.len()));
            }
        }
    }

    fn compare(&mut self, id: &str, element: &Value, found: &[&Value]) {
        let least = element["min"].as_u64().unwrap_or(0);
        let most = element["max"].as_str().and_then(|most| most.parse().ok()).unwrap_or(u64::MAX);
        if !(least..=most).contains(&(found.len() as u64)) {
            self.faults.push(format!("{id}: {} of them, {least} to {most} are allowed", found.len()));
        }
        for value in found {
            if wanted(element).is_some_and(|wanted| !fits(value, wanted)) {
                self.faults.push(format!("{id}: {value} is not the value that the profile fixes"));
            }
            self.look_into(value, id);
        }
    }

    /// Whether a value is of a slice, by the discriminators that these profiles have.
    fn belongs(&self, value: &Value, slice: &str, sliced: &Value) -> bool {
        list(&sliced["slicing"]["discriminator"]).all(|by| {
            let path = by["path"].as_str().unwrap();
            let part = &value[path];
            let element = self.element(&format!("{slice}.{path}"));
            if by["type"] == "profile" {
                let profiles = element.map(|element| &element["type"][0]["profile"]);
                return profiles.is_some_and(|known| {
                    list(known).filter_map(Value::as_str).any(|known| named(part).contains(&known))
                });
            }
            let of_extension = self.element(slice).map(|element| &element["type"][0]["profile"][0]);
            let wanted = element.and_then(wanted).or(of_extension);
            wanted.is_some_and(|wanted| !wanted.is_null() && fits(part, wanted))
        })
    }
}

/// The fixed value or the pattern of an element.
fn wanted(element: &Value) -> Option<&Value> {
    let parts = element.as_object()?;
    parts
        .iter()
        .find(|(name, _)| name.starts_with("fixed") || name.starts_with("pattern"))
        .map(|(_, value)| value)
}

/// Whether a value has everything that a pattern has.
fn fits(value: &Value, pattern: &Value) -> bool {
    match pattern {
        Value::Object(parts) => parts.iter().all(|(name, part)| fits(&value[name.as_str()], part)),
        Value::Array(parts) => parts.iter().all(|part| list(value).any(|value| fits(value, part))),
        _ => value == pattern,
    }
}

/// Values of an element, also of one that has extensions alone (`_name`) or a type in its name (`[x]`).
fn values<'v>(parts: &'v Map<String, Value>, name: &str) -> Vec<&'v Value> {
    let is_it = |key: &str| match name.strip_suffix("[x]") {
        Some(stem) => key
            .strip_prefix(stem)
            .is_some_and(|kind| kind.starts_with(|first: char| first.is_ascii_uppercase())),
        None => key == name,
    };
    let whole = parts.iter().find(|(key, _)| is_it(key));
    let bare = || parts.iter().find(|(key, _)| key.strip_prefix('_').is_some_and(is_it));
    match whole.or_else(bare) {
        Some((_, Value::Array(all))) => all.iter().collect(),
        Some((_, one)) => vec![one],
        None => Vec::new(),
    }
}
