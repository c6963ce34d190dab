//! Files of every kind, valid and broken, by chance: what is promised about each of them holds.

use super::{
    dice::Dice,
    layout::{COVERAGE, Layout, RESIDENTS, VACCINATIONS},
    program::{Program, Said, programs, rejects},
    written::{Row, Written, generate, without_guard},
};

const SEEDS: [u64; 3] = [2026, 11, 30];

#[tokio::test]
async fn of_any_residents_file_the_good_rows_go_in_and_the_bad_ones_come_back_to_be_corrected() {
    each_seed(&RESIDENTS).await;
}

#[tokio::test]
async fn of_any_coverage_file_the_good_rows_go_in_and_the_bad_ones_come_back_to_be_corrected() {
    each_seed(&COVERAGE).await;
}

#[tokio::test]
async fn of_any_vaccinations_file_the_good_rows_go_in_and_the_bad_ones_come_back_to_be_corrected() {
    each_seed(&VACCINATIONS).await;
}

async fn each_seed(layout: &Layout) {
    for program in programs().await {
        for (round, seed) in SEEDS.into_iter().enumerate() {
            let dice = &mut Dice::seeded(seed);
            let first = 1 + 100 * round as u64;
            if layout.kind != RESIDENTS.kind {
                let people = generate(dice, &RESIDENTS, first, None);
                let path = program.file("people.csv", &people.bytes);
                let said = program.import(RESIDENTS.kind, &path, RESIDENTS.sender);
                assert_eq!((said.status, said.seven()[1]), (0, 40), "seed {seed}: {}", said.stderr);
            }
            let written = generate(dice, layout, first, Some(3));
            a_file_keeps_every_promise(&program, layout, &written, (dice, seed));
        }
    }
}

fn a_file_keeps_every_promise(
    program: &Program,
    layout: &Layout,
    written: &Written,
    (dice, seed): (&mut Dice, u64),
) {
    let (good, bad) = (written.good(), written.bad());
    let told = format!("{} seed {seed} on {}", layout.kind, program.engine());
    let path = program.file("input.csv", &written.bytes);
    let import = |name: &str| program.import(layout.kind, &program.path(name), layout.sender);

    let rehearsed = program.import_with(&[
        "import",
        layout.kind,
        path.to_str().unwrap(),
        "--as",
        layout.sender,
        "--json",
        "--dry-run",
    ]);
    let first = import("input.csv");
    assert_eq!(first.seven(), [good + bad, good, 0, 0, 0, bad, 0], "{told}: {}", first.stderr);
    assert_eq!(rehearsed.seven(), first.seven(), "{told}: a rehearsal counts what would happen");
    assert_eq!(first.status, i32::from(bad > 0), "{told}");
    nothing_is_repeated(written, &first, &told);

    let again = import("input.csv");
    assert_eq!(again.seven(), [good + bad, 0, 0, good, 0, bad, 0], "{told}: the same file changes nothing");
    let back = rejects(&path);
    each_bad_row_is_told_by_line_column_and_reason(written, &back, &told);

    let corrected = corrected(written, back, dice);
    let rows = corrected.len() as u64;
    program.file("corrected.csv", corrected_text(&corrected, dice).as_bytes());
    let said = import("corrected.csv");
    assert_eq!(said.seven(), [rows - 1, rows - 1, 0, 0, 0, 0, 0], "{told}: {}", said.stderr);
    assert_eq!(said.status, 0, "{told}");
    let said = import("corrected.csv");
    assert_eq!(said.seven(), [rows - 1, 0, 0, rows - 1, 0, 0, 0], "{told}: corrected rows twice");
}

/// Neither the report nor the reasons repeat what stood in a cell that could be a person's.
fn nothing_is_repeated(written: &Written, said: &Said, told: &str) {
    for row in &written.rows {
        for (cell, name) in row.cells.iter().zip(&written.names) {
            let telling = cell.chars().count() >= 6 && !["保険者名", "疾病"].contains(name);
            assert!(!telling || !said.stderr.contains(cell.as_str()), "{told}: {name} in {}", said.stderr);
            assert!(!telling || !said.stdout.contains(cell.as_str()), "{told}: {name} in {}", said.stdout);
        }
    }
}

fn broken(written: &Written) -> impl Iterator<Item = (&Row, usize, &str)> {
    written.rows.iter().filter_map(|row| {
        let (place, right) = row.broken.as_ref()?;
        Some((row, *place, right.as_str()))
    })
}

fn each_bad_row_is_told_by_line_column_and_reason(written: &Written, back: &[Vec<String>], told: &str) {
    let mut header: Vec<&str> = written.names.clone();
    header.push("エラー");
    assert_eq!(back[0], header, "{told}");
    assert_eq!(back.len() as u64 - 1, written.bad(), "{told}");
    for ((row, place, _), cells) in broken(written).zip(&back[1..]) {
        let (error, cells) = cells.split_last().unwrap();
        // CP932 has one letter for both minus signs.
        let plain = |cell: &String| without_guard(cell).replace('\u{2212}', "\u{ff0d}");
        let kept: Vec<String> = cells.iter().map(plain).collect();
        let sent: Vec<String> = row.cells.iter().map(plain).collect();
        assert_eq!(kept, sent, "{told}: a row comes back as it was");
        assert!(error.starts_with(&format!("{}行目", row.line)), "{told}: line {}: {error}", row.line);
        assert!(error.contains(written.names[place]), "{told}: {}: {error}", written.names[place]);
        for cell in row.cells.iter().filter(|cell| cell.chars().count() >= 6) {
            assert!(!error.contains(cell.as_str()), "{told}: a reason repeats a cell: {error}");
        }
    }
}

/// The rejects with the right cells put in; the column of the reasons stays or goes.
fn corrected(written: &Written, mut back: Vec<Vec<String>>, dice: &mut Dice) -> Vec<Vec<String>> {
    for ((_, place, right), cells) in broken(written).zip(&mut back[1..]) {
        right.clone_into(&mut cells[place]);
    }
    if dice.one_in(2) {
        back.iter_mut().for_each(|row| drop(row.pop()));
    }
    back
}

fn corrected_text(rows: &[Vec<String>], dice: &mut Dice) -> String {
    let line_break = *dice.pick(&["\n", "\r\n"]);
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let row = |cells: &Vec<String>| cells.iter().map(quoted).collect::<Vec<_>>().join(",");
    rows.iter().map(|cells| row(cells) + line_break).collect()
}
