"""What is a job as a task of Windows?

https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema
"""

import subprocess
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

from souwen.index.durations import words
from souwen.index.errors import ConfigError
from souwen.index.schedule.job import Job
from souwen.index.schedule.programs import Refused, run

_TASK = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>{about}</Description>
  </RegistrationInfo>
  <Triggers>
    <TimeTrigger>
      <Repetition>
        <Interval>PT{minutes}M</Interval>
      </Repetition>
      <StartBoundary>2000-01-01T00:00:00</StartBoundary>
    </TimeTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>P1D</ExecutionTimeLimit>
  </Settings>
  <Actions>
    <Exec>
      <Command>{program}</Command>
      <Arguments>{arguments}</Arguments>
      <WorkingDirectory>{folder}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def text(job: Job) -> str:
    """The task as XML. Raises ConfigError for what the scheduler of Windows cannot do."""
    minutes, rest = divmod(job.seconds, 60)
    if rest or not minutes:
        raise ConfigError(
            f"Windows can run nothing every {words(job.seconds)}: it knows minutes, as in "
            "--interval 1m, 5m, 90m"
        )
    for one in (*job.arguments, job.folder):
        if one.count("%") > 1:
            raise ConfigError(f"{one}: Windows takes what is between % for a variable; rename it")
    return _TASK.format(
        about=escape(f"souwen keeps {job.index} up to date"),
        minutes=minutes,
        program=escape(windowless(job.arguments[0])),
        arguments=escape(subprocess.list2cmdline(job.arguments[1:])),
        folder=escape(job.folder),
    )


def install(job: Job) -> str:
    """Register the task, in the place of an earlier one; says what was done."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{job.name}.xml"
        path.write_text(text(job), encoding="utf-16")
        run("schtasks", "/Create", "/F", "/TN", job.name, "/XML", str(path))
    told = f"the task {job.name} is there; `schtasks /Query /TN {job.name}` shows it"
    # A task has no variables of its own.
    for name, value in job.variables:
        told += f'; it has {name} only where that is set for good: `setx {name} "{value}"`'
    return told


def remove(job: Job) -> bool:
    """Remove the task; whether there was one."""
    try:
        run("schtasks", "/Query", "/TN", job.name)
    except Refused:
        return False
    run("schtasks", "/Delete", "/F", "/TN", job.name)
    return True


def windowless(interpreter: str) -> str:
    """The Python beside this one that opens no window at each run, where it is there."""
    beside = Path(interpreter).with_name("pythonw.exe")
    return str(beside) if beside.exists() else interpreter
