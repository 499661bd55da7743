//! The planner's list of tasks: a fenced block in its plan that says what each role is to do.
//!
//! ````text
//! ```tasks
//! { "dev": ["first task", "second task"], "analyst:market-report": ["another"] }
//! ```
//! ````
//!
//! A key is a role, or a checkpoint of it where a role has several. A plan without such a block, or with one that cannot
//! be read, is no error: then each agent works on its step as a whole.

use std::collections::BTreeMap;

use phase8_shared::mission::PlanStep;

/// Tasks of one role, at most.
const MOST_TASKS: usize = 48;
/// Characters of one task, at most.
const LONGEST_TASK: usize = 600;

/// Tasks by role or checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tasks(BTreeMap<String, Vec<String>>);

impl Tasks {
    /// Reads the last block of tasks in a document.
    pub fn read(document: &str) -> Option<Self> {
        let block = last_block(document)?;
        let listed: BTreeMap<String, Vec<String>> = serde_json::from_str(&block).ok()?;
        let cleaned = listed.into_iter().map(|(key, tasks)| {
            let tasks = tasks.iter().map(|task| one_line(task)).filter(|task| !task.is_empty());
            (key, tasks.take(MOST_TASKS).collect())
        });
        Some(Self(cleaned.collect()))
    }

    /// What a step is to do: the tasks of its checkpoint, else those of its role.
    pub fn of(&self, step: &PlanStep) -> &[String] {
        let own = self.0.get(&step.checkpoint.to_string()).or(self.0.get(step.role.as_str()));
        own.map_or(&[], Vec::as_slice)
    }
}

/// The tasks of one turn. They are spread evenly over all turns but the last, which brings the result; where there are
/// more turns than tasks, a task has several turns.
pub fn share(tasks: &[String], turn: u8, turns: u8) -> &[String] {
    let (turn, working) = (usize::from(turn), usize::from(turns.saturating_sub(1)).max(1));
    let count = tasks.len();
    let from = count * turn / working;
    let to = (count * (turn + 1)).div_ceil(working);
    tasks.get(from.min(count)..to.min(count)).unwrap_or_default()
}

fn last_block(document: &str) -> Option<String> {
    let (mut last, mut open) = (None, None::<String>);
    for line in document.lines() {
        match open.as_mut() {
            None if line.trim() == "```tasks" => open = Some(String::new()),
            None => {}
            Some(_) if line.trim() == "```" => last = open.take(),
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
        }
    }
    last
}

/// A text on one line, without control characters and not too long.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    line.chars().take(LONGEST_TASK).collect()
}

#[cfg(test)]
mod tests {
    use phase8_shared::spec;

    use super::*;
    use crate::plan;
    use crate::testing::CONFIG_JOB;

    fn tasks(json: &str) -> Option<Tasks> {
        Tasks::read(&format!("# Plan\n\n```json\n{{}}\n```\n\n```tasks\n{json}\n```\n\nThe end.\n"))
    }

    #[test]
    fn a_step_has_the_tasks_of_its_checkpoint_or_of_its_role() {
        let steps = plan::plan(&spec::preview(CONFIG_JOB).spec.unwrap()).unwrap();
        let tasks = tasks(
            r#"{ "dev": ["one", " two \n lines ", "\u0007"], "analyst": ["x"], "analyst:market-report": ["figures"] }"#,
        )
        .unwrap();
        let of = |role: &str| {
            let step = steps.iter().find(|step| step.role.as_str() == role).unwrap();
            tasks.of(step)
        };

        assert_eq!(of("dev"), ["one", "two lines"]);
        assert_eq!(of("analyst"), ["figures"]);
        assert_eq!(of("planner"), <[String; 0]>::default());
    }

    #[test]
    fn a_plan_without_tasks_that_can_be_read_has_none() {
        for json in ["", "{", "[]", r#"{ "dev": "one" }"#, r#"{ "dev": [1] }"#, "do as you like"] {
            assert_eq!(tasks(json), None, "{json}");
        }
        assert_eq!(Tasks::read("# Plan\n\n```tasks\n{}\n"), None);
        assert_eq!(tasks("{}"), Some(Tasks::default()));
    }

    #[test]
    fn the_last_block_counts_and_no_list_is_endless() {
        let many = vec!["x".repeat(2_000); 90];
        let text = format!(
            "```tasks\n{{ \"dev\": [\"old\"] }}\n```\n```tasks\n{}\n```",
            serde_json::json!({ "dev": many })
        );

        let Tasks(read) = Tasks::read(&text).unwrap();

        assert_eq!(read["dev"].len(), MOST_TASKS);
        assert_eq!(read["dev"][0].len(), LONGEST_TASK);
    }

    #[test]
    fn every_task_has_a_turn_before_the_last() {
        for count in 0..9_u8 {
            let tasks: Vec<String> = (0..count).map(|task| task.to_string()).collect();
            for turns in 1..9_u8 {
                let working = turns.saturating_sub(1).max(1);
                let mut seen: Vec<&String> =
                    (0..working).flat_map(|turn| share(&tasks, turn, turns)).collect();
                seen.dedup();
                assert_eq!(seen, tasks.iter().collect::<Vec<_>>(), "{count} tasks, {turns} turns");
                let idle = (0..working).any(|turn| share(&tasks, turn, turns).is_empty());
                assert!(!idle || count == 0, "{count} tasks, {turns} turns");
            }
        }
    }
}
