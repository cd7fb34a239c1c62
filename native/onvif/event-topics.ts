/**
 * What the topics of events are about, whoever made the device: those of the ONVIF specifications (Core, Imaging, Device IO,
 * Analytics annex A) and spellings that vendors' devices were seen to use. Topics without prefixes; case does not count.
 */
export type EventKind =
  | 'motion'
  | 'tamper'
  | 'input'
  /** Something crossed a line: it happens, it does not last. */
  | 'line'
  /** Something is inside of a field. */
  | 'area'
  | 'loitering'
  /** A thing was left behind, or was taken away. */
  | 'left'
  | 'taken'
  /** A person, a vehicle or the like was recognised, wherever in the picture. */
  | 'object'
  | 'sound'
  /** A rule of the device's own application; what it looks for is known to who set it. */
  | 'analytics'
  /** A recorder has no picture of a channel. */
  | 'signal'
  | 'storage'
  | 'fault';

/** The first that fits counts. */
const TOPICS: readonly (readonly [RegExp, EventKind])[] = [
  [/^IVA\/EnteringField$/i, 'area'],
  [/(Abandoned|Unattended|Left)_?(Object|Baggage|Luggage)|Object(Is)?(Abandoned|Left|Stopped)\b/i, 'left'],
  [/(Removed|Taken?|Missing)_?Object|Object(Is)?(Removed|Taken|Removal)\b/i, 'taken'],
  [/Loiter/i, 'loitering'],
  // Bosch and Hikvision say it as the standard does; Axis has a guard for it
  [/LineDetector\/Cross(ed|ing)\b|CrossedLine|LineCross|CrossLine|Trip_?wire|\/FenceGuard\b/i, 'line'],
  [/Field(Detector|Detection)\/|Objects?Inside\b|Intrusion|Cross_?Region|Region(Entrance|Exiting)/i, 'area'],
  [/^CameraApplicationPlatform\/ObjectAnalytics\//i, 'analytics'],
  // Profile S/T, Hikvision, Dahua, Uniview; Axis has applications of its own (some leave a letter out of VideoSource);
  // Foscam calls motion a trigger
  [/^VideoSourc?e\/MotionAlarm$|Motion(Region)?Detector\/Motion$|MotionDetector\/Detection$|^VideoAnalytics\/Motion|^CameraApplicationPlatform\/(VMD|MotionGuard)|^RuleEngine\/(VMD\d?|VideoMotionDetection)\/|^Device\/(Trigger\/MotionDetector|Sensor\/PIR)$/i, 'motion'],
  [/^VideoSource\/(GlobalSceneChange|ImageToo(Blurry|Dark|Bright))(\/|$)|TamperDetector\/Tamper$|^VideoSource\/Tamper(ing)?$|SceneDetector\/Change$|^UserAlarm\/VideoCover$/i, 'tamper'],
  [/^Device\/Trigger\/(DigitalInput|AlarmIn)$|^Device\/IO\/(Port|VirtualInput)$/i, 'input'],
  [/^(VideoSource|MediaControl)\/(SignalLoss|SignalLost|VideoLoss|VideoLost|ConnectionFailed)$/i, 'signal'],
  [/^(Device\/HardwareFailure\/StorageFailure|Storage\/Alert)$/i, 'storage'],
  [/^Device\/HardwareFailure\//i, 'fault'],
  [/^AudioAnalytics\/|^AudioSource\/TriggerLevel$|(Sound|Audio|BabyCry|GlassBreak)\w*Detect/i, 'sound'],
  [/(People|Person|Human\w*|Vehicle|Car|Face|Pet|Animal|DogCat|Visitor|Package|Object)_?(Detect\w*|Recogni\w*)(\/|$)|^RuleEngine\/(Recognition\/|MyRuleDetector\/(Visitor|Package)$)/i, 'object'],
]; // prettier-ignore

/** Items that say by their name what was recognised: devices put several of them under one topic (TP-Link). */
const ITEMS: Readonly<Record<string, EventKind>> = {
  IsLineCross: 'line',
  IsIntrusion: 'area',
  IsRegionEntrance: 'area',
  IsUnattendedBaggage: 'left',
  IsLoitering: 'loitering',
  IsTamper: 'tamper',
  IsMotion: 'motion',
  IsPeople: 'object',
  IsVehicle: 'object',
  IsPet: 'object',
  IsTPSmartEvent: 'object',
  IsTpSmartEvent: 'object',
  IsBabyCry: 'sound',
};

/** Counts, housekeeping and what we do ourselves: known, and nothing for a guard room. */
const NO_MATTER =
  /^(Monitoring|RecordingConfig|RecordingHistory|Media|PTZController|Configuration|Schedule|Credential|User|LightControl)\/|^VideoSource\/(DayNightVision|LiveStreamAccessed)$|^Device\/(SystemMessage|Trigger\/(Relay|DigitalOutput)|IO\/(RelayOutput|OutputPort|VirtualPort)|OperationMode|Light|Status|Network)(\/|$)|(Count|Aggregation|Counter|Occupancy|Counting)\w*(\/|$)|\/ObjectAnalytics\/\w*ScenarioANY$/i;

/** Bosch puts the name of the rule behind it, which may be any word. */
const withoutRule = (topic: string) => topic.replace(/^(IVA\/\w+)\/.*$/i, '$1');

/** Null: nothing that a guard room acts on; undefined: nobody has told us yet what it is. */
export function kindOfTopic(topic: string): EventKind | null | undefined {
  const what = withoutRule(topic);
  return NO_MATTER.test(what) ? null : TOPICS.find(([pattern]) => pattern.test(what))?.[1];
}

export const kindOfItem = (name: string): EventKind | undefined =>
  Object.hasOwn(ITEMS, name) ? ITEMS[name] : undefined;

const OBJECTS: readonly (readonly [RegExp, string])[] = [
  [/face/i, 'face'],
  [/people|person|human|visitor|pedestrian/i, 'person'],
  [/vehicle|\bcar|truck|\bbus|plate/i, 'vehicle'],
  [/bike|bicycle|cycle/i, 'bike'],
  [/pet|animal|dog|\bcat/i, 'animal'],
];
/** `person`, `vehicle`, `bike`, `animal`, `face` of a vendor's word, a topic or an item; undefined: it says none. */
export const objectIn = (word: string): string | undefined =>
  OBJECTS.find(([pattern]) => pattern.test(word))?.[1];
