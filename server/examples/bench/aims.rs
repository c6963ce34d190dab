//! What the figures should reach, and the report that says whether they do.

use serde_json::{Map, Value};
use std::fs;

/// One figure by its place in the report, and what it should be.
struct Aim {
    place: &'static str,
    should: Should,
}

enum Should {
    Reach(f64),
    StayBelow(f64),
}
use Should::{Reach, StayBelow};

const AIMS: &[Aim] = &[
    Aim { place: "/pages/~1home/of_constant_handler", should: Reach(0.1) },
    Aim { place: "/pages/~1home/p99_to_p50", should: StayBelow(3.0) },
    Aim { place: "/pages/~1home/bytes_compressed", should: StayBelow(60_000.0) },
    Aim { place: "/pages/~1checkups/of_constant_handler", should: Reach(0.1) },
    Aim { place: "/pages/~1checkups/p99_to_p50", should: StayBelow(3.0) },
    Aim { place: "/pages/~1checkups/bytes_compressed", should: StayBelow(60_000.0) },
    Aim { place: "/pages/~1checkups/log_share_of_processor", should: StayBelow(0.15) },
    Aim { place: "/imports/vaccinations/per_second", should: Reach(20_000.0) },
    Aim { place: "/imports/checkups/per_second", should: Reach(300.0) },
    Aim { place: "/log/verified_per_processor_second", should: Reach(200_000.0) },
    Aim { place: "/hidden/hidden_or_absent_search", should: StayBelow(0.55) },
    Aim { place: "/hidden/hidden_or_absent_read", should: StayBelow(0.55) },
    Aim { place: "/hidden/never_or_nobody", should: StayBelow(0.55) },
    Aim { place: "/hidden/unknown_code_or_another", should: StayBelow(0.55) },
    Aim { place: "/consent/times_cedar", should: Reach(20.0) },
    Aim { place: "/consent/ns_per_decision", should: StayBelow(1_000.0) },
    Aim { place: "/imports/memory/hundred_to_ten", should: StayBelow(1.2) },
    Aim { place: "/sizes/wasm_compressed", should: StayBelow(100_000.0) },
];

/// Puts the steps together, prints them beside their aims, and writes `target/bench.json`.
pub fn report() {
    let folder = super::target();
    let mut report = Map::new();
    let mut steps: Vec<_> =
        fs::read_dir(folder.join("bench")).unwrap().map(|step| step.unwrap().path()).collect();
    steps.sort();
    for step in steps {
        let name = step.file_stem().unwrap().to_string_lossy().into_owned();
        report.insert(name, serde_json::from_slice(&fs::read(&step).unwrap()).unwrap());
    }
    let report = Value::Object(report);
    let text = serde_json::to_string_pretty(&report).unwrap();
    let path = folder.join("bench.json");
    fs::write(&path, &text).unwrap();
    println!("{text}\n");
    AIMS.iter().for_each(|aim| println!("{}", line(&report, aim)));
    println!("\nwritten to {}", path.display());
}

fn line(report: &Value, aim: &Aim) -> String {
    let (sign, limit) = match aim.should {
        Reach(limit) => ("≥", limit),
        StayBelow(limit) => ("<", limit),
    };
    let found = report.pointer(aim.place).and_then(Value::as_f64);
    let verdict = match (found, &aim.should) {
        (None, _) => "not measured",
        (Some(found), Reach(limit)) if found >= *limit => "reached",
        (Some(found), StayBelow(limit)) if found < *limit => "reached",
        (Some(_), _) => "MISSED",
    };
    let found = found.map_or_else(|| "-".to_owned(), |found| found.to_string());
    format!("{verdict:12} {found:>10} {sign} {limit:<8} {}", aim.place.replace("~1", "/"))
}
