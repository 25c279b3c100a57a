from aiohttp import web

from telharmonic.commands.browser_check import PAGES, check_front_door, check_pages
from telharmonic.commands.machine_check import Verdict
from telharmonic.gateway.headers import ALWAYS


async def serve(headers: dict[str, str], status: int = 200) -> tuple[web.AppRunner, str]:
    app = web.Application()

    async def handler(_):
        return web.Response(headers=headers, status=status)

    for path in PAGES:
        app.router.add_get(path, handler)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def test_a_front_door_of_ours_is_well(unused_tcp_port):
    finding = await check_front_door(unused_tcp_port)  # nobody is there, so it makes one
    assert finding.verdict is Verdict.WELL, finding.says


async def test_missing_headers_are_named():
    headers = dict(ALWAYS)
    del headers["Cross-Origin-Embedder-Policy"]
    runner, front = await serve(headers)
    finding = await check_pages(front)
    await runner.cleanup()
    assert finding.verdict is Verdict.WEAK
    assert "Cross-Origin-Embedder-Policy" in finding.says


async def test_missing_pages_are_broken():
    runner, front = await serve(dict(ALWAYS), status=404)
    finding = await check_pages(front)
    await runner.cleanup()
    assert finding.verdict is Verdict.BROKEN


async def test_nobody_there_is_broken():
    runner, front = await serve({})
    await runner.cleanup()
    assert (await check_pages(front)).verdict is Verdict.BROKEN
