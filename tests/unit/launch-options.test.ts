import { describe, expect, it } from 'vitest';
import { OptionError, hostArguments, parseOptions } from '#hosts/launch/options.mjs';

describe('options of npm start', () => {
  it('has a default for every option', () => {
    expect(parseOptions([])).toEqual({
      host: null,
      port: null,
      data: null,
      site: null,
      browser: true,
      kiosk: false,
      restoreLastBackup: false,
      brokerPort: null,
      rtspPort: null,
      logLevel: 'info',
      help: false,
    });
  });

  it('hands on to the host what was said, and it reads back the same', () => {
    const said = parseOptions([
      '--port',
      '0',
      '--data',
      'd',
      '--site',
      's.yaml',
      '--kiosk',
      '--log-level=debug',
    ]);
    expect(parseOptions(hostArguments(said))).toEqual(said);
  });

  it.each([
    [['--prot', '1'], '--prot'],
    [['--host', 'phone'], 'desktop, web'],
    [['--port', '70000'], '65535'],
    [['--port', '-1'], '--port'],
    [['--port', '12e3'], '65535'],
    [['--port'], '--port'],
    [['--rtsp-port', 'x'], '--rtsp-port'],
    [['--data='], '--data'],
    [['--log-level', 'loud'], 'debug, info, warn, error'],
    [['web'], "'web'"],
  ])('refuses %j and names %s', (argv, named) => {
    const act = (): unknown => parseOptions(argv);
    expect(act).toThrow(OptionError);
    expect(act).toThrow(named);
  });
});
