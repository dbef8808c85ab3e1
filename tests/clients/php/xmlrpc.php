<?php
// XML-RPC as a PHP developer without an extension writes it: a request by hand, an answer by SimpleXML.
[, $address, $name, $secret] = $argv;

function encode(mixed $value): string
{
    if (is_bool($value)) {
        return '<value><boolean>' . (int) $value . '</boolean></value>';
    }
    if (is_int($value)) {
        return "<value><int>$value</int></value>";
    }
    if (is_array($value) && array_is_list($value)) {
        return '<value><array><data>' . implode(array_map('encode', $value)) . '</data></array></value>';
    }
    if (is_array($value)) {
        $members = '';
        foreach ($value as $key => $member) {
            $members .= '<member><name>' . htmlspecialchars($key) . '</name>' . encode($member) . '</member>';
        }
        return "<value><struct>$members</struct></value>";
    }
    return '<value><string>' . htmlspecialchars((string) $value, ENT_XML1) . '</string></value>';
}

function decode(SimpleXMLElement $value): mixed
{
    foreach ($value->children() as $kind => $content) {
        switch ($kind) {
            case 'boolean':
                return (string) $content === '1';
            case 'int':
            case 'i4':
                return (int) $content;
            case 'dateTime.iso8601':
                $moment = DateTime::createFromFormat('Ymd\TH:i:s', (string) $content, new DateTimeZone('UTC'));
                return $moment->format('Y-m-d\TH:i:s\Z');
            case 'array':
                $items = [];
                foreach ($content->data->value as $item) {
                    $items[] = decode($item);
                }
                return $items;
            case 'struct':
                $members = [];
                foreach ($content->member as $member) {
                    $members[(string) $member->name] = decode($member->value);
                }
                return $members;
            default:
                return (string) $content;
        }
    }
    return (string) $value;
}

while (($line = fgets(STDIN)) !== false) {
    $message = json_decode($line, true);
    $parameters = $message['fields'] ? '<param>' . encode($message['fields']) . '</param>' : '';
    $body = '<?xml version="1.0" encoding="UTF-8"?><methodCall><methodName>' . $message['operation']
        . "</methodName><params>$parameters</params></methodCall>";
    $context = stream_context_create(['http' => [
        'method' => 'POST',
        'header' => "Content-Type: text/xml\r\nAuthorization: Basic " . base64_encode("$name:$secret"),
        'content' => $body,
    ]]);
    $response = simplexml_load_string(file_get_contents($address, false, $context));
    if (isset($response->fault)) {
        $fault = decode($response->fault->value);
        $code = strtok($fault['faultString'], ':');
        preg_match('/^field: (.+)$/m', $fault['faultString'], $found);
        $reply = ['fault' => ['code' => $code, 'field' => $found[1] ?? null]];
    } else {
        $reply = ['answer' => decode($response->params->param->value)];
    }
    fwrite(STDOUT, json_encode($reply, JSON_THROW_ON_ERROR) . "\n");
}
