"""The `byline index ...` commands: build the collection and look after it."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import BylineError, IndexStateError, printable
from index.home import index_folder

if TYPE_CHECKING:
    from index import BuildReport, Index
    from index.files import Columns

EXIT_ERROR = 1


def add_index_commands(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Adds `index` and its actions to the parser's commands."""
    index = commands.add_parser("index", help="build and look after the collection")
    actions = index.add_subparsers(required=True, metavar="ACTION")

    def action(name: str, run: Any, text: str, *, json_too: bool = False) -> Any:
        parser = actions.add_parser(name, parents=[shared], help=text, description=text)
        if json_too:
            parser.add_argument("--json", action="store_true", help="print everything as JSON")
        parser.set_defaults(run=run)
        return parser

    add = action("add", _add, "add files, folders and web addresses", json_too=True)
    add.add_argument("paths", nargs="+", metavar="PATH", help="a file, a folder or an address")
    add.add_argument(
        "--allow-private", action="store_true", help="also addresses on your own network"
    )
    _columns_option(add)
    sync = action("sync", _sync, "make the index equal to a folder", json_too=True)
    sync.add_argument(
        "folders", nargs="*", metavar="FOLDER", help="default: every folder synced before"
    )
    sync.add_argument(
        "--allow-empty", action="store_true", help="also where the folder has nothing left to read"
    )
    _columns_option(sync)
    watch = action("watch", _watch, "sync a folder and keep it in step until stopped")
    watch.add_argument("path", metavar="FOLDER")
    watch.add_argument("--poll", action="store_true", help="look every second, for network drives")
    action("sample", add_sample, "add the sample collection", json_too=True)
    rebuild = action(
        "rebuild", _rebuild, "derive everything again, after adding any new files", json_too=True
    )
    rebuild.add_argument("paths", nargs="*", metavar="PATH")
    rebuild.add_argument("--model", help="embed with another sentence-transformers model")
    remove = action("remove", _remove, "remove articles by number, file or folder", json_too=True)
    remove.add_argument("articles", nargs="+", metavar="ARTICLE")
    action("list", _list, "list the articles", json_too=True)
    action("status", _status, "counts, model and size", json_too=True)
    doctor = action(
        "doctor", _doctor, "check everything, mend what needs no embedding", json_too=True
    )
    doctor.add_argument("--check", action="store_true", help="only look, write nothing")
    export = action("export", _export, "write the whole index to one file")
    export.add_argument("file", metavar="FILE")
    importing = action("import", _import, "make the index what an exported file says")
    importing.add_argument("file", metavar="FILE")
    importing.add_argument(
        "--replace", action="store_true", help="also where articles are there that will be lost"
    )


def _columns_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="FIELD=NAME",
        help="what a field is called in your JSONL or CSV files: --column title=Headline",
    )


def _columns(arguments: argparse.Namespace) -> Columns | None:
    from index.articles import parse_columns

    return parse_columns(arguments.column) if arguments.column else None


def _add(arguments: argparse.Namespace) -> int:
    from ui.terminal import Bars

    columns = _columns(arguments)
    with Bars() as bars:
        report = opened(arguments.index).add(
            arguments.paths, bars.advance, columns, allow_private=arguments.allow_private
        )
    return _reported(report, arguments.json)


def _sync(arguments: argparse.Namespace) -> int:
    from index import BuildReport
    from ui.terminal import Bars

    index = opened(arguments.index)
    columns = _columns(arguments)
    folders = arguments.folders if arguments.folders else index.folders()
    if not folders:
        raise BylineError("No folder was synced before; name one: `byline index sync FOLDER`.")
    done, refused = BuildReport(), []
    for folder in folders:
        try:
            with Bars() as bars:
                done.include(
                    index.sync(folder, bars.advance, columns, allow_empty=arguments.allow_empty)
                )
        except IndexStateError as error:
            # One disk that is not there does not stop the others.
            print(f"byline: {error}", file=sys.stderr)
            refused.append(error)
    if len(refused) == len(folders):
        return EXIT_ERROR
    return max(_reported(done, arguments.json), EXIT_ERROR if refused else 0)


def _watch(arguments: argparse.Namespace) -> int:
    from index.home import located
    from index.watch import watch

    index = opened(arguments.index)
    folder = located(arguments.path)

    def changed(paths: set[Path]) -> None:
        everything = paths == {folder}
        told(index.sync(folder) if everything else index.sync_paths(sorted(paths)))

    def told(report: BuildReport) -> None:
        for failure in report.failed:
            print(f"byline: {failure}", file=sys.stderr, flush=True)
        print(f"{report}.", flush=True)

    def failed(error: BylineError) -> None:
        print(f"byline: {error}", file=sys.stderr, flush=True)

    print(f"Watching {folder}; stop with Ctrl+C.", flush=True)
    watch(
        folder,
        changed,
        threading.Event(),
        failed=failed,
        poll=arguments.poll,
        apart=[index.folder],
    )
    return 0


def add_sample(arguments: argparse.Namespace) -> int:
    """Adds the sample collection; what `byline chat` does with a new index."""
    from index.sample import sample_articles
    from ui.terminal import Bars

    with Bars() as bars:
        report = opened(arguments.index).add_articles(sample_articles(), bars.advance)
    return _reported(report, getattr(arguments, "json", False))


def _rebuild(arguments: argparse.Namespace) -> int:
    from index import BuildReport
    from ui.terminal import Bars

    index = opened(arguments.index) if arguments.paths else existing(arguments.index)
    with Bars() as bars:
        report = index.add(arguments.paths, bars.advance) if arguments.paths else BuildReport()
        report.include(index.rebuild(arguments.model, bars.advance))
    return _reported(report, arguments.json)


def _remove(arguments: argparse.Namespace) -> int:
    return _reported(existing(arguments.index).remove(arguments.articles), arguments.json)


def _list(arguments: argparse.Namespace) -> int:
    articles = existing(arguments.index).articles()
    if arguments.json:
        print(json.dumps([asdict(article) for article in articles], ensure_ascii=False, indent=2))
        return 0
    for article in articles:
        size = f"copy of {article.copy_of}" if article.copy_of else _counted(article.passages)
        day = (article.published or "")[:10]
        print(printable(f"{article.id:>5}  {day:<10}  {article.title}"))
        print(printable(f"{'':>5}  {size}, {article.source}, {article.uri}"))
    return 0


def _status(arguments: argparse.Namespace) -> int:
    status = existing(arguments.index).status()
    if arguments.json:
        print(json.dumps(asdict(status), indent=2))
        return 0
    print(f"{status.folder}")
    print(f"{status.articles:,} articles ({status.copies:,} of them copies), ", end="")
    print(
        f"{status.stories:,} stories, {status.sentences:,} sentences, {_counted(status.passages)}"
    )
    print(f"{status.bytes / 1e6:,.1f} MB on disk; embedding model: {status.embedder}")
    print(f"vectors: {status.search}")
    for folder in status.folders:
        print(f"in step with {folder}")
    return 0


def _doctor(arguments: argparse.Namespace) -> int:
    found = existing(arguments.index).doctor(mend=not arguments.check)
    if arguments.json:
        print(json.dumps([asdict(finding) for finding in found], ensure_ascii=False, indent=2))
    else:
        for finding in found:
            print(finding)
        if not found:
            print("Everything is as it must be.")
    return EXIT_ERROR if any(not finding.mended for finding in found) else 0


def _export(arguments: argparse.Namespace) -> int:
    from index.home import located

    target = located(arguments.file)
    size = existing(arguments.index).export(target)
    print(f"{target}: {size / 1e6:,.1f} MB; it holds the articles' texts and where they came from.")
    return 0


def _import(arguments: argparse.Namespace) -> int:
    index = opened(arguments.index)
    index.import_file(arguments.file, replace=arguments.replace)
    print(f"{index.status().articles:,} articles imported.")
    return 0


def _counted(passages: int) -> str:
    return "1 passage" if passages == 1 else f"{passages:,} passages"


def _reported(report: BuildReport, as_json: bool) -> int:
    """Prints what a change did, each failure on its own line; non-zero where something failed."""
    if as_json:
        print(json.dumps(report.to_dict(), ensure_ascii=False, indent=2))
        return EXIT_ERROR if report.failed else 0
    for failure in report.failed:
        print(f"byline: {failure}", file=sys.stderr)
    print(f"{report}.")
    return EXIT_ERROR if report.failed else 0


def opened(folder: str | None) -> Index:
    """The index of `--index`, made if there is none."""
    from index import Index

    return Index(index_folder(folder))


def existing(folder: str | None) -> Index:
    """The index of `--index`; raises where there is none."""
    from index.database import DATABASE

    path = index_folder(folder)
    if not (path / DATABASE).exists():
        raise BylineError(
            f"{path}: no index here yet; make one with `byline index add PATH...`, "
            "or try the sample with `byline index sample`."
        )
    return opened(folder)
