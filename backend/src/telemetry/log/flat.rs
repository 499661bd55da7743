//! The log for programs: one JSON object a line, flat, so that whatever collects lines finds every field by its name. What
//! the spans around an event say stands beside what the event says itself.

use std::error::Error;
use std::fmt;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, Scope};

/// Writes an event as one object. `timestamp`, `level`, `target` and `message` are always there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flat;

impl<S, N> FormatEvent<S, N> for Flat
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Map::new();
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            let extensions = span.extensions();
            let written = extensions.get::<FormattedFields<N>>();
            // Whatever else writes spans' fields writes no JSON, and nothing is taken from it.
            let read = written.map(|written| serde_json::from_str(&written.fields));
            if let Some(Ok(Value::Object(read))) = read {
                fields.extend(read);
            }
        }
        event.record(&mut Fields(&mut fields));
        let mut timestamp = String::new();
        SystemTime.format_time(&mut Writer::new(&mut timestamp))?;
        let metadata = event.metadata();
        fields.insert("timestamp".to_owned(), timestamp.into());
        fields.insert("level".to_owned(), metadata.level().as_str().into());
        fields.insert("target".to_owned(), metadata.target().into());
        fields.entry("message").or_insert_with(|| metadata.name().into());
        writeln!(writer, "{}", Value::Object(fields))
    }
}

/// Takes fields by their type; an error with everything below it.
struct Fields<'a>(&'a mut Map<String, Value>);

impl Fields<'_> {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.put(field, crate::relay::transactions::whole(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::MakeWriter;
    use tracing_subscriber::fmt::format::JsonFields;

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Paper {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    fn written(tell: impl FnOnce()) -> Vec<Value> {
        let paper = Paper::default();
        let log = tracing_subscriber::fmt()
            .event_format(Flat)
            .fmt_fields(JsonFields::new())
            .with_writer(paper.clone())
            .finish();
        tracing::subscriber::with_default(log, tell);
        let text = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn what_spans_and_event_say_stands_in_one_flat_object() {
        let lines = written(|| {
            let request = tracing::info_span!("request", request.id = "00ff");
            let _request = request.enter();
            let mission = tracing::info_span!("mission", mission.id = %"m1");
            let _mission = mission.enter();
            let below = io::Error::other("disk \"full\"\nsecond line");
            let error = crate::relay::orchestrator::OrchestratorError::Unreachable(below.into());
            let error: &dyn Error = &error;
            tracing::warn!(error, duration_ms = 5, is_new = true, "it {} go on", "cannot");
        });

        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        let mut line = line.as_object().unwrap().clone();
        let at = line.remove("timestamp").unwrap();
        assert!(at.as_str().is_some_and(|at| at.ends_with('Z') && at.contains('T')), "{at}");
        let rest = serde_json::to_string_pretty(&line).unwrap();
        insta::assert_snapshot!(rest, @r#"
        {
          "duration_ms": 5,
          "error": "the orchestrator does not answer: disk \"full\"\nsecond line",
          "is_new": true,
          "level": "WARN",
          "message": "it cannot go on",
          "mission.id": "m1",
          "request.id": "00ff",
          "target": "phase8_backend::telemetry::log::flat::tests"
        }
        "#);
    }

    #[test]
    fn without_words_the_events_place_is_its_message() {
        let lines = written(|| tracing::info!(count = 1));

        assert!(lines[0]["message"].as_str().is_some_and(|name| name.contains("flat.rs")));
    }
}
