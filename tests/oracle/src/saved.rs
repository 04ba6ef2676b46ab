//! What an editor saves means what it opened.

use casework::dmn::{Model, Table, read};

/// Whether two files hold the same tables.
pub fn run(files: &[String]) -> bool {
    let models: Result<Vec<Model>, String> = files.iter().map(|file| open(file)).collect();
    match models.as_deref() {
        Err(reason) => {
            println!("{reason}");
            false
        }
        Ok([one, other]) if !one.tables.is_empty() => {
            let same = one.tables.len() == other.tables.len() && one.tables.iter().zip(&other.tables).all(alike);
            println!(
                "{}: {} tables, {}",
                files[1],
                other.tables.len(),
                if same { "the same" } else { "changed" }
            );
            same
        }
        Ok(_) => {
            println!("two files with tables are needed");
            false
        }
    }
}

fn open(file: &str) -> Result<Model, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    read(&text).map_err(|errors| format!("{file}: {}", errors[0]))
}

/// Alike but for the lines on which things stand.
fn alike((one, other): (&Table, &Table)) -> bool {
    let columns = |table: &Table| {
        let all = table.inputs.iter().chain(&table.outputs);
        all.map(|column| {
            (
                column.name.clone(),
                column.label.clone(),
                column.kind,
                column.allowed.clone(),
            )
        })
        .collect::<Vec<_>>()
    };
    let rows = |table: &Table| {
        table
            .rules
            .iter()
            .map(|rule| (rule.tests.clone(), rule.outputs.clone()))
            .collect::<Vec<_>>()
    };
    let head = |table: &Table| {
        (
            table.id.clone(),
            table.name.clone(),
            table.hit_policy,
            table.inputs.len(),
        )
    };
    head(one) == head(other) && columns(one) == columns(other) && rows(one) == rows(other)
}
