//! What is exported, read back by who is to read it.

use std::path::Path;
use std::process::Command as Process;

use super::*;
use crate::job;

const FILE: &str = r#"
[job.db]
cmd = ["sh", "-c", "exec sleep 1000"]
ready = "notify"
start_timeout = "20s"
restart = "always"
[job.migrate]
kind = "task"
cmd = "echo 'a \"b\"' 100% $HOME \\n"
restart = "always"
needs = "db"
[job.web]
cmd = ["sh", "-c", "printf '%s\n' \"$1\" $$HOME", "we b", "50% off \\ \"q\" ;", ";", "", "tab\there"]
needs = ["db", "migrate:done"]
on_dep_restart = "restart"
env = { GREETING = "it's 100% \"good\" \\ $HOME", EMPTY = "", "BAD-NAME" = "x" }
env_file = "-no such 50%.env"
umask = "027"
nice = 5
ionice = "best-effort:6"
limits = { nofile = "64:128", core = "unlimited" }
oom_score = 100
runtime_max = "1h"
stop = "QUIT/5s INT/1500ms KILL"
success_exit = [3, "SIGUSR1"]
no_restart_exit = [4]
reload = ["sh", "-c", "kill -USR1 $MAINPID"]
ready = "tcp:8000"
health = "tcp:8000"
alert = "ERROR"
memory_restart = "1G"
restart_limit = 5
[job.nightly]
kind = "task"
cmd = "exec sleep 1"
schedule = "30 4 1 * mon-fri"
on_fail = "mail root"
memory_max = "64M"
log = { path = "/tmp/nightly.log", keep = 3 }
[job.often]
kind = "task"
cmd = "exec sleep 1"
schedule = "every 15m"
[job.last]
cmd = "exec sleep 1"
schedule = "0 0 L * *"
watch = "src"
"#;

fn exported(target: Target) -> Vec<(String, Exported)> {
    let (file, problems) = job::load(FILE, Path::new("/tmp/mux.toml"));
    assert_eq!(problems, []);
    let find = |name: &str| ["/bin", "/usr/bin"].iter().map(|dir| Path::new(dir).join(name)).find(|file| file.exists());
    let one = |(name, spec): (&String, &JobSpec)| {
        let exported = export(&Job { name, spec, system: true, find: &find }, target);
        exported.into_iter().map(|exported| (name.clone(), exported)).collect::<Vec<_>>()
    };
    file.jobs.iter().flat_map(one).collect()
}

fn there(program: &str) -> bool {
    let found = crate::base::machine::program(program).is_some();
    if !found {
        eprintln!("{program} is not there: what it would say is not known");
    }
    found
}

#[test]
fn a_unit_says_all_that_it_can_and_the_rest_in_comments() {
    let units = exported(Target::Systemd);
    let web = &units.iter().find(|(name, _)| name == "web").unwrap().1;
    assert_eq!(web.file, "web.service");
    for line in [
        "Requires=db.service",
        "After=migrate.service",
        "PartOf=db.service",
        "StartLimitIntervalSec=305s",
        "StartLimitBurst=5",
        "Type=exec",
        r#""we b" "50%% off \\ \"q\" ;" ";" "" "tab\there""#,
        r#"Environment="GREETING=it's 100%% \"good\" \\ $HOME""#,
        "EnvironmentFile=-/tmp/no such 50%%.env",
        "RestartForceExitStatus=SIGHUP SIGINT SIGPIPE SIGTERM",
        "SuccessExitStatus=3 SIGUSR1",
        "KillSignal=SIGQUIT",
        "TimeoutStopSec=6500ms",
        "LimitCORE=infinity",
        "UMask=0027",
        "# health: nothing asks whether it is well",
        "# env: 'BAD-NAME' is no name of a variable there",
        "WantedBy=multi-user.target",
    ] {
        assert!(web.text.lines().any(|known| known == line || known.ends_with(line)), "{line}:\n{}", web.text);
    }
    assert!(web.notes.iter().any(|note| note.starts_with("stop = \"QUIT/5s INT/1s500ms KILL\"")), "{:?}", web.notes);
    assert!(web.text.contains("$$$$HOME"), "a dollar is doubled: {}", web.text);
}

/// `systemd-analyze verify` says what is wrong on standard error, whatever its status (systemd 252).
#[test]
fn systemd_finds_nothing_wrong_in_a_unit() {
    if !there("systemd-analyze") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let mut verify = Process::new("systemd-analyze");
    verify.args(["--user", "verify", "--man=no"]).env("XDG_RUNTIME_DIR", home.path());
    for (_, unit) in exported(Target::Systemd) {
        let path = home.path().join(&unit.file);
        std::fs::write(&path, &unit.text).unwrap();
        verify.arg(path);
    }
    let output = verify.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

#[test]
fn a_schedule_is_a_timer_of_systemd() {
    let units = exported(Target::Systemd);
    let text = |file: &str| units.iter().find(|(_, unit)| unit.file == file).map(|(_, unit)| unit.text.as_str());
    let timer = text("nightly.timer").unwrap();
    let lines = ["OnCalendar=*-*-01 04:30:00", "OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 04:30:00", "Persistent=true"];
    assert!(lines.iter().all(|line| timer.lines().any(|known| known == *line)), "{timer}");
    let service = text("nightly.service").unwrap();
    assert!(!service.contains("WantedBy") && !service.contains("RemainAfterExit"), "{service}");
    for said in ["MemoryMax=67108864\n", "StandardOutput=append:/tmp/nightly.log\n", "# log: ", "# on_fail: "] {
        assert!(service.contains(said), "{said}: {service}");
    }
    assert!(text("often.timer").unwrap().contains("OnUnitActiveSec=900s\n"));
    assert_eq!(text("last.timer"), None);
    let last = text("last.service").unwrap();
    assert!(last.contains("# schedule: ") && last.contains("# watch: ") && !last.contains("WantedBy"), "{last}");
}

#[test]
fn a_schedule_is_said_to_launchd_as_far_as_it_goes_and_left_to_cron_by_sysv() {
    let lists = exported(Target::Launchd);
    let list = |name: &str| &lists.iter().find(|(known, _)| known == name).unwrap().1;
    assert!(list("often").text.contains("<key>StartInterval</key>\n  <integer>900</integer>"));
    assert!(list("nightly").notes.iter().any(|note| note.starts_with("schedule = \"30 4 1 * mon-fri\"")));
    assert!(list("nightly").text.contains("<key>StandardOutPath</key>\n  <string>/tmp/nightly.log</string>"));
    let scripts = exported(Target::Sysv);
    let nightly = &scripts.iter().find(|(name, _)| name == "nightly").unwrap().1;
    assert!(nightly.text.contains("# Default-Start:     \n") && nightly.text.contains("LOG=/tmp/nightly.log\n"));
    assert!(nightly.notes.iter().any(|note| note.contains("crontab(5)")), "{:?}", nightly.notes);
}

#[test]
fn a_property_list_is_one() {
    let lists = exported(Target::Launchd);
    let web = &lists.iter().find(|(name, _)| name == "web").unwrap().1;
    assert_eq!(web.file, "mux.web.plist");
    assert!(web.notes.iter().any(|note| note.starts_with("needs:")), "{:?}", web.notes);
    if !there("python3") {
        return;
    }
    let script = "import plistlib, sys, json\nprint(json.dumps(plistlib.loads(sys.stdin.buffer.read())))";
    let read = |text: &str| {
        let mut child = Process::new("python3")
            .args(["-c", script])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{text}");
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    for (_, list) in &lists {
        read(&list.text);
    }
    let web = read(&web.text);
    assert_eq!(web["Label"], "mux.web");
    assert_eq!(web["ProgramArguments"][0], "/bin/sh");
    assert_eq!(web["EnvironmentVariables"]["GREETING"], "it's 100% \"good\" \\ $HOME");
    assert_eq!(web["KeepAlive"]["SuccessfulExit"], false);
    assert_eq!((&web["Umask"], &web["ExitTimeOut"]), (&0o27.into(), &7.into()));
    assert_eq!(web["SoftResourceLimits"]["NumberOfFiles"], 64);
    assert_eq!(web["HardResourceLimits"]["NumberOfFiles"], 128);
}

#[test]
fn an_init_script_is_one() {
    let scripts = exported(Target::Sysv);
    let web = &scripts.iter().find(|(name, _)| name == "web").unwrap().1;
    assert!(
        web.executable && web.text.contains("# Required-Start:    $remote_fs $syslog db migrate\n"),
        "{}",
        web.text
    );
    assert!(web.text.contains("RETRY=QUIT/5/INT/2/KILL/5\n"), "{}", web.text);
    for (name, script) in &scripts {
        let checked = |program: &str, flags: &[&str]| {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join(name);
            std::fs::write(&path, &script.text).unwrap();
            let output = Process::new(program).args(flags).arg(path).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success() && said.is_empty(), "{name}: {said}\n{}", script.text);
        };
        checked("/bin/sh", &["-n"]);
        if there("checkbashisms") {
            checked("checkbashisms", &["--posix"]);
        }
    }
}

#[test]
fn instances_are_exported_each_for_itself() {
    let (file, _) = job::load("[job.w]\ncmd = \"x\"\ninstances = 2\n", Path::new("/tmp/mux.toml"));
    let find = |_: &str| None;
    let files = export(&Job { name: "w", spec: &file.jobs["w"], system: false, find: &find }, Target::Systemd);
    assert_eq!(files.iter().map(|file| file.file.as_str()).collect::<Vec<_>>(), ["w-1.service", "w-2.service"]);
    assert!(
        files[1].text.contains("Environment=MUX_INSTANCE=2\n") && files[1].text.contains("WantedBy=default.target")
    );
}
