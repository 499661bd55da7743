//! What the operating system says of this process, under the names that every Prometheus library uses. `/proc` has it; on
//! a system without one nothing is told.

use std::fmt;
use std::fs;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;

use super::Gauges;

/// Reads `/proc` when somebody reads.
#[derive(Debug)]
pub(super) struct Process;

/// What stands in `/proc/self/stat`, in the units of the kernel.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    cpu_ticks: u64,
    threads: u64,
    start_ticks: u64,
    virtual_bytes: u64,
    resident_pages: u64,
}

impl Stat {
    /// proc(5): fields are counted from 1, and the name in field 2 may hold anything, brackets included.
    fn parse(text: &str) -> Option<Self> {
        let (_, rest) = text.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        Some(Self {
            cpu_ticks: field(14)?.saturating_add(field(15)?),
            threads: field(20)?,
            start_ticks: field(22)?,
            virtual_bytes: field(23)?,
            resident_pages: field(24)?,
        })
    }
}

/// When the machine was started, in Unix seconds.
fn boot_time(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}

/// How many files this process may open; none if there is no limit.
fn most_files(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[expect(clippy::cast_precision_loss, reason = "ticks of a process are far below 2^53")]
fn seconds(ticks: u64) -> f64 {
    ticks as f64 / rustix::param::clock_ticks_per_second() as f64
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let Some(stat) = Stat::parse(&read("/proc/self/stat")) else { return Ok(()) };
        let cpu = ConstCounter::new(seconds(stat.cpu_ticks));
        let help = "Processor time, of the user and of the system";
        let name = "process_cpu_seconds";
        cpu.encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)?;
        let mut gauges = Gauges(encoder);
        let page = rustix::param::page_size() as u64;
        let resident = stat.resident_pages.saturating_mul(page);
        gauges.one("process_resident_memory_bytes", "Memory that is resident", resident)?;
        gauges.one("process_virtual_memory_bytes", "Memory that is mapped", stat.virtual_bytes)?;
        gauges.one("process_threads", "Threads", stat.threads)?;
        if let Some(boot) = boot_time(&read("/proc/stat")) {
            let begun = seconds(stat.start_ticks) + f64::from(u32::try_from(boot).unwrap_or(0));
            gauges.one("process_start_time_seconds", "Start of the process, Unix time", begun)?;
        }
        if let Ok(files) = fs::read_dir("/proc/self/fd") {
            // Reading opens one more.
            let open = (files.count() as u64).saturating_sub(1);
            gauges.one("process_open_fds", "Open files", open)?;
        }
        if let Some(most) = most_files(&read("/proc/self/limits")) {
            gauges.one("process_max_fds", "Most files that may be open", most)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_lines_are_read_whatever_the_program_is_called() {
        let line = "7 (a) b (c)) S 1 7 7 0 -1 4194304 1 0 0 0 250 50 0 0 20 0 9 0 4000 12345 678 18446744073709551615";
        assert_eq!(
            Stat::parse(line),
            Some(Stat {
                cpu_ticks: 300,
                threads: 9,
                start_ticks: 4000,
                virtual_bytes: 12345,
                resident_pages: 678,
            })
        );
        assert_eq!(Stat::parse("7 (a) S 1"), None);
        assert_eq!(boot_time("cpu 1 2\nbtime 1760000000\nprocesses 3"), Some(1_760_000_000));
        let limits = "Limit  Soft Limit  Hard Limit\nMax open files            1024                 524288               files\n";
        assert_eq!(most_files(limits), Some(1024));
        assert_eq!(most_files("Max open files   unlimited  unlimited  files"), None);
    }
}
